import {
  CreateDBInstanceCommand,
  type CreateDBInstanceMessage,
  DeleteDBClusterAutomatedBackupCommand,
  DeleteDBClusterCommand,
  DeleteDBClusterSnapshotCommand,
  DeleteDBInstanceAutomatedBackupCommand,
  DeleteDBInstanceCommand,
  DeleteDBSnapshotCommand,
  ModifyDBClusterCommand,
  ModifyDBInstanceCommand,
  type RDSClient,
  RestoreDBClusterFromSnapshotCommand,
  type RestoreDBClusterFromSnapshotMessage,
  RestoreDBClusterToPointInTimeCommand,
  type RestoreDBClusterToPointInTimeMessage,
  RestoreDBInstanceFromDBSnapshotCommand,
  type RestoreDBInstanceFromDBSnapshotMessage,
  RestoreDBInstanceToPointInTimeCommand,
  type RestoreDBInstanceToPointInTimeMessage,
} from '@aws-sdk/client-rds';
import type { OriginNote } from '../../core/evidence/record.ts';
import { drillKeys } from '../shared/drill-keys.ts';
import type { DrillPlan } from '../shared/drill-plan.ts';
import type { Notebook } from '../shared/notebook.ts';
import { operatorError } from './errors.ts';
import { describeCluster, describeInstance, thingOfCluster, thingOfInstance, unlessMissing } from './rds-things.ts';
import { type DrillIdentity, memberName, scratchName, type Thing, whyForeign } from './scratch.ts';

/** A request that makes a scratch, by the call that takes it. */
export type RestoreRequest =
  | { readonly call: 'instance-from-snapshot'; readonly input: RestoreDBInstanceFromDBSnapshotMessage }
  | { readonly call: 'instance-to-point-in-time'; readonly input: RestoreDBInstanceToPointInTimeMessage }
  | { readonly call: 'cluster-from-snapshot'; readonly input: RestoreDBClusterFromSnapshotMessage }
  | { readonly call: 'cluster-to-point-in-time'; readonly input: RestoreDBClusterToPointInTimeMessage };

/**
 * The only way to a call that changes anything in RDS. Each is allowed for what this drill made, or makes with it, and for
 * nothing else: name, tags and the drill's own note must agree, and they are looked at again right before.
 */
export interface Guard {
  /** @throws `NotOurs` */
  verify(thing: Thing, of: DrillIdentity): Promise<void>;
  restore(request: RestoreRequest, of: DrillIdentity): Promise<void>;
  addInstance(input: CreateDBInstanceMessage, of: DrillIdentity): Promise<void>;
  /** Has RDS make a new master password and keep it in a secret of its own. */
  takeOver(kind: 'instance' | 'cluster', of: DrillIdentity): Promise<void>;
  /** Asks for it, without a final snapshot. Nothing happens when the thing is gone. */
  remove(thing: Thing, of: DrillIdentity): Promise<void>;
}

export function guarded(rds: RDSClient, notebook: Notebook, plan: Pick<DrillPlan, 'policy' | 'scratchPrefix'>): Guard {
  const noted = async (of: DrillIdentity) =>
    (await notebook.read<OriginNote>(drillKeys.origin(of)))?.scratch.identifier;

  const verify = async (thing: Thing, of: DrillIdentity) => {
    const why = whyForeign(thing, of, plan, await noted(of));
    if (why) throw operatorError('NotOurs', `the ${thing.kind} ${thing.id} was not made by this drill: ${why}`);
  };

  /** Of an identifier that is about to be given to something new. */
  const mayMake = async (identifier: string | undefined, of: DrillIdentity) => {
    const scratch = scratchName(plan, of);
    const isNoted = (await noted(of)) === scratch;
    if (isNoted && (identifier === scratch || identifier === memberName(scratch))) return;
    throw operatorError('NotOurs', `this drill does not make ${identifier}`);
  };

  /** As it is now: between a list and a deletion somebody may have put another in its place. */
  const lookAgain = async (thing: Thing): Promise<Thing | undefined> => {
    if (thing.kind === 'instance') {
      const found = await describeInstance(rds, thing.id);
      return found && thingOfInstance(found);
    }
    if (thing.kind === 'cluster') {
      const found = await describeCluster(rds, thing.id);
      return found && thingOfCluster(found);
    }
    // The others carry an id that is never given twice, or are of a database that is gone.
    return thing;
  };

  return {
    verify,

    async restore(request, of) {
      const { input } = request;
      await mayMake(
        'TargetDBInstanceIdentifier' in input
          ? input.TargetDBInstanceIdentifier
          : 'DBClusterIdentifier' in input
            ? input.DBClusterIdentifier
            : (input as RestoreDBInstanceFromDBSnapshotMessage).DBInstanceIdentifier,
        of,
      );
      await sendRestore(rds, request);
    },

    async addInstance(input, of) {
      await mayMake(input.DBInstanceIdentifier, of);
      const cluster = await describeCluster(rds, input.DBClusterIdentifier ?? '');
      if (!cluster) throw operatorError('ScratchLost', `the cluster ${input.DBClusterIdentifier} is gone`);
      await verify(thingOfCluster(cluster), of);
      await rds.send(new CreateDBInstanceCommand(input));
    },

    async takeOver(kind, of) {
      const scratch = scratchName(plan, of);
      const settings = { ManageMasterUserPassword: true, ApplyImmediately: true };
      const thing = await lookAgain({ kind, id: scratch, of: scratch, status: '', tags: {} });
      if (!thing) throw operatorError('ScratchLost', `the ${kind} ${scratch} is gone`);
      await verify(thing, of);
      if (kind === 'instance') {
        await rds.send(new ModifyDBInstanceCommand({ DBInstanceIdentifier: scratch, ...settings }));
      } else {
        await rds.send(new ModifyDBClusterCommand({ DBClusterIdentifier: scratch, ...settings }));
      }
    },

    async remove(thing, of) {
      const now = await lookAgain(thing);
      if (!now) return;
      await verify(now, of);
      await unlessMissing(sendDeletion(rds, now));
    },
  };
}

function sendRestore(rds: RDSClient, request: RestoreRequest): Promise<unknown> {
  switch (request.call) {
    case 'instance-from-snapshot':
      return rds.send(new RestoreDBInstanceFromDBSnapshotCommand(request.input));
    case 'instance-to-point-in-time':
      return rds.send(new RestoreDBInstanceToPointInTimeCommand(request.input));
    case 'cluster-from-snapshot':
      return rds.send(new RestoreDBClusterFromSnapshotCommand(request.input));
    case 'cluster-to-point-in-time':
      return rds.send(new RestoreDBClusterToPointInTimeCommand(request.input));
  }
}

function sendDeletion(rds: RDSClient, { kind, id, cluster }: Thing): Promise<unknown> {
  const settings = { SkipFinalSnapshot: true, DeleteAutomatedBackups: true };
  switch (kind) {
    case 'instance':
      // Snapshots and automated backups of a member are its cluster's.
      return rds.send(
        new DeleteDBInstanceCommand({
          DBInstanceIdentifier: id,
          ...(cluster ? { SkipFinalSnapshot: true } : settings),
        }),
      );
    case 'cluster':
      return rds.send(new DeleteDBClusterCommand({ DBClusterIdentifier: id, ...settings }));
    case 'instance-snapshot':
      return rds.send(new DeleteDBSnapshotCommand({ DBSnapshotIdentifier: id }));
    case 'cluster-snapshot':
      return rds.send(new DeleteDBClusterSnapshotCommand({ DBClusterSnapshotIdentifier: id }));
    case 'instance-backup':
      return rds.send(new DeleteDBInstanceAutomatedBackupCommand({ DbiResourceId: id }));
    case 'cluster-backup':
      return rds.send(new DeleteDBClusterAutomatedBackupCommand({ DbClusterResourceId: id }));
  }
}
