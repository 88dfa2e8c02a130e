import { Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { coverDatabases, type Remedy } from '../../core/coverage/index.ts';
import type { CloudPolicy } from '../../core/policy/index.ts';

/**
 * Fails the synth when a database's RPO cannot be met by cadence, start window, snapshot and copy: an objective that is known to
 * be out of reach is a mistake of the policy, as much as a misspelt key.
 *
 * @param scope - where the error is shown
 */
export function holdToObjectives(
  scope: IConstruct,
  cloud: CloudPolicy,
  objectives: Parameters<typeof coverDatabases>[1],
  now: Date,
): void {
  for (const { name, problems } of coverDatabases(cloud, objectives, {}, now)) {
    for (const problem of problems) {
      if (problem.kind !== 'objective') continue;
      const { place, objective, worst, remedies } = problem;
      const remedy = remedies.length > 0 ? remedies.map(inWords).join(', or ') : `write an RPO of ${worst} or more`;
      Validations.of(scope).addError(
        `fukugen-objective-${name}-${place}`,
        `${name}: an RPO of ${objective} cannot be met in ${cloud[place].region}, where the worst case is ${worst}; ${remedy} (fukugen plan shows how it comes about)`,
      );
    }
  }
}

function inWords({ gives, ...settings }: Remedy): string {
  const written = Object.entries(settings).map(([key, value]) => `${key}: ${value === true ? value : `'${value}'`}`);
  return `${written.join(' with ')} would give ${gives}`;
}
