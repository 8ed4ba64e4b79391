import { guardedTrust, noManagedPolicies, noWildcards } from "./accessRules.ts";
import { acceptedTogether, boundedStorage, sortedLists } from "./argumentRules.ts";
import { everythingEncrypted, noPlainSecrets } from "./dataRules.ts";
import {
	boundedDocuments,
	dataProtected,
	namedStates,
	noContestedInputs,
	noDriftingVersion,
	pausingEndpoints,
	replaceable,
} from "./lifecycleRules.ts";
import { boundedNetwork, noPublicAccess } from "./networkRules.ts";
import type { Rule } from "./rule.ts";
import { noComponentInputs, noMachinePaths, portable, standardTags } from "./stateRules.ts";

/** Every rule, by what it forbids. The unit tests apply them to the program, the policy pack (`pack.ts`) to a deployment. */
export const rules = {
	"an action of * on everything": noWildcards,
	"a managed policy": noManagedPolicies,
	"public access": noPublicAccess,
	"something unencrypted": everythingEncrypted,
	"a role that a confused deputy could assume": guardedTrust,
	"a resource without the standard tags": standardTags,
	"a fixed partition or region": portable,
	"a secret in a plain property": noPlainSecrets,
	"a network without bounds": boundedNetwork,
	"inputs of a component": noComponentInputs,
	"a path of the machine that deploys": noMachinePaths,
	"an input that others write, too": noContestedInputs,
	"a version that AWS changes by itself": noDriftingVersion,
	"data that is not protected": dataProtected,
	"a replacement that cannot stand beside the old one": replaceable,
	"an endpoint that cannot be changed": pausingEndpoints,
	"a document too long for AWS": boundedDocuments,
	"a state that AWS would not tell from another one": namedStates,
	"arguments that AWS refuses together": acceptedTogether,
	"a list in an order that AWS does not keep": sortedLists,
	"something that is kept for ever": boundedStorage,
} satisfies Record<string, Rule>;
