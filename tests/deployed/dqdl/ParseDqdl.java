import java.nio.charset.StandardCharsets;
import software.amazon.glue.dqdl.parser.DQDLParser;

/** Reads rulesets from standard input, each ended by a NUL; prints for each how many rules it has, or why it is none. */
public class ParseDqdl {
    public static void main(String[] args) throws Exception {
        String input = new String(System.in.readAllBytes(), StandardCharsets.UTF_8);
        for (String ruleset : input.split("\0")) {
            String answer;
            try {
                answer = String.valueOf(new DQDLParser().parse(ruleset).getRules().size());
            } catch (Exception error) {
                answer = error.getMessage().replaceAll("\\s+", " ");
            }
            System.out.println(answer);
        }
    }
}
