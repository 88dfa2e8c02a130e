import { BackupClient, DescribeRegionSettingsCommand, UpdateRegionSettingsCommand } from '@aws-sdk/client-backup';
import type { CustomResourceEvent } from '../shared/custom-resource.ts';
import { optIn } from './opt-in.ts';

const client = new BackupClient({ maxAttempts: 8 });

/** Nothing is opted out when the resource goes: someone else may have come to rely on it. */
export async function onEvent(event: CustomResourceEvent<{ readonly Types: readonly string[] }>) {
  if (event.RequestType === 'Delete') return {};
  const added = await optIn(event.ResourceProperties.Types, {
    read: async () => (await client.send(new DescribeRegionSettingsCommand())).ResourceTypeOptInPreference ?? {},
    write: async (preferences) => {
      await client.send(new UpdateRegionSettingsCommand({ ResourceTypeOptInPreference: { ...preferences } }));
    },
  });
  return { PhysicalResourceId: 'aws-backup-opt-in', Data: { Added: added.join(', ') || 'none' } };
}
