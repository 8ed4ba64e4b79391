import io.debezium.engine.ChangeEvent;
import io.debezium.engine.DebeziumEngine;
import io.debezium.engine.format.Json;
import java.io.BufferedOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Debezium's embedded engine, which writes the changes of one table to a file, a line of JSON each, and ends behind as many as are named:
 * with none once it knows the tables and where the binlog ends. Its state is in the folder; and it continues from there.
 *
 * java -cp 'lib/*' Peer.java folder port changes
 */
public final class Peer {
	public static void main(String[] args) throws Exception {
		Path folder = Path.of(args[0]);
		long wanted = Long.parseLong(args[2]);
		CountDownLatch done = new CountDownLatch(1);
		CountDownLatch follows = new CountDownLatch(1);
		Throwable[] failure = new Throwable[1];
		long[] count = new long[1];
		OutputStream file = new BufferedOutputStream(Files.newOutputStream(folder.resolve("changes.json")), 1 << 20);
		try (PrintStream out = new PrintStream(file)) {
			DebeziumEngine<ChangeEvent<String, String>> engine = DebeziumEngine.create(Json.class)
				.using(settings(folder, args[1]))
				.using(new DebeziumEngine.ConnectorCallback() {
					@Override
					public void taskStarted() {
						follows.countDown();
					}
				})
				.using((success, message, error) -> {
					failure[0] = error;
					done.countDown();
				})
				.notifying((batch, committer) -> {
					for (ChangeEvent<String, String> event : batch) {
						// Not the heartbeats.
						if (event.value() != null && event.destination().equals("bench.bench.sales")) {
							byte[] line = event.value().getBytes(StandardCharsets.UTF_8);
							out.write(line, 0, line.length);
							out.write('\n');
							count[0] += 1;
						}
						committer.markProcessed(event);
					}
					committer.markBatchFinished();
					if (wanted > 0 && count[0] >= wanted) {
						out.flush();
						done.countDown();
					}
				})
				.build();
			ExecutorService executor = Executors.newSingleThreadExecutor();
			executor.execute(engine);
			if (wanted == 0) {
				follows.await();
				// Its offsets are written with the first heartbeat.
				while (Files.notExists(folder.resolve("offsets")) || Files.size(folder.resolve("offsets")) == 0) Thread.sleep(50);
			} else {
				done.await();
			}
			if (failure[0] != null) throw new IllegalStateException(failure[0]);
			System.out.println(count[0]);
			if (wanted == 0) engine.close();
			else out.flush();
		}
		// What is left of the engine has nothing to write.
		Runtime.getRuntime().halt(0);
	}

	/** Its own defaults, but for larger batches and queues, no schema in every message, and no wait. */
	private static Properties settings(Path folder, String port) {
		Properties settings = new Properties();
		settings.setProperty("name", "bench");
		settings.setProperty("connector.class", "io.debezium.connector.mariadb.MariaDbConnector");
		settings.setProperty("topic.prefix", "bench");
		settings.setProperty("database.hostname", "127.0.0.1");
		settings.setProperty("database.port", port);
		settings.setProperty("database.user", "root");
		settings.setProperty("database.password", "");
		settings.setProperty("database.server.id", "4711");
		settings.setProperty("database.ssl.mode", "disable");
		settings.setProperty("table.include.list", "bench.sales");
		settings.setProperty("snapshot.mode", "no_data");
		settings.setProperty("include.schema.changes", "false");
		settings.setProperty("offset.storage", "org.apache.kafka.connect.storage.FileOffsetBackingStore");
		settings.setProperty("offset.storage.file.filename", folder.resolve("offsets").toString());
		settings.setProperty("offset.flush.interval.ms", "1000");
		settings.setProperty("heartbeat.interval.ms", "200");
		settings.setProperty("schema.history.internal", "io.debezium.storage.file.history.FileSchemaHistory");
		settings.setProperty("schema.history.internal.file.filename", folder.resolve("schemas").toString());
		settings.setProperty("max.batch.size", "16384");
		settings.setProperty("max.queue.size", "65536");
		settings.setProperty("poll.interval.ms", "10");
		settings.setProperty("converter.schemas.enable", "false");
		settings.setProperty("record.processing.threads", "AVAILABLE_CORES");
		return settings;
	}
}
