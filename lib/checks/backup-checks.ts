import { readFileSync } from 'node:fs';
import type {
  IPolicyValidationContext,
  IPolicyValidationPlugin,
  PolicyValidationPluginReport,
  PolicyValidationStack,
  PolicyViolation,
} from 'aws-cdk-lib';
import { Stack } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { SynthesisedApp } from './app.ts';
import type { Finding, Rule } from './finding.ts';
import type { StackTemplate } from './resource.ts';
import { rules } from './rules/index.ts';

export interface BackupChecksProps {
  /** The runs of plans are looked at in its year and the next. @default - the present */
  readonly now?: Date;
}

/**
 * Checks every stack of any CDK app together, and reports all mistakes at once:
 *
 *     Validations.of(app).addPlugins(new BackupChecks());
 *
 * One finding is acknowledged where it is, by the id that the report shows after the name of this plugin:
 *
 *     Validations.of(plan).acknowledge({ id: 'fukugen::copy-vault[daily]', reason: 'the vault of the audit account' });
 */
export class BackupChecks implements IPolicyValidationPlugin {
  readonly name = 'fukugen';
  readonly ruleIds = rules.map((rule) => rule.id);
  readonly #now: Date;

  constructor({ now = new Date() }: BackupChecksProps = {}) {
    this.#now = now;
  }

  validate({ stackTemplates, appConstruct }: IPolicyValidationContext): PolicyValidationPluginReport {
    const app = new SynthesisedApp(
      stackTemplates.map((stack) => read(stack, appConstruct)),
      this.#now,
    );
    const violations = rules.flatMap((rule) => rule.find(app).map((finding) => violation(rule, finding)));
    return { success: violations.length === 0, violations };
  }
}

function read(
  { stackConstructPath: path, templatePath: file, region, accountId }: PolicyValidationStack,
  app: IConstruct,
): StackTemplate {
  const construct = app.node.findAll().find((node) => Stack.isStack(node) && node.node.path === path);
  return {
    path,
    file,
    name: construct ? (construct as Stack).stackName : path,
    region,
    account: accountId,
    template: JSON.parse(readFileSync(file, 'utf8')),
  };
}

function violation(rule: Rule, { resource, part, location, sentence, fix }: Finding): PolicyViolation {
  return {
    ruleName: part === undefined ? rule.id : `${rule.id}[${part}]`,
    description: sentence,
    fix,
    // CDK lets nobody acknowledge what is fatal.
    severity: rule.isAcknowledgeable ? 'error' : 'fatal',
    ruleMetadata: { why: rule.why, source: rule.source },
    violatingResources: [
      { resourceLogicalId: resource.logicalId, templatePath: resource.stack.file, locations: [location] },
    ],
  };
}
