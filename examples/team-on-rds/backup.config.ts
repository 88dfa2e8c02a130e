import { defineBackup } from '#policy';

/**
 * A small team in Tokyo with its production on RDS for PostgreSQL and Aurora PostgreSQL.
 *
 *     cdk diff   -c config=examples/team-on-rds/backup.config.ts
 *     cdk deploy -c config=examples/team-on-rds/backup.config.ts --all
 */
export default defineBackup({
  // The prefix of every stack, database, vault and role. Choose once: these names cannot change later.
  name: 'shop',

  // What the business can bear. The worst case at 3 hours is a little more than 3 hours: a job may start up to an hour late.
  objectives: { rpo: '6h', rto: '4h' },

  cloud: {
    // With the account written down, a deployment with another account's credentials is refused.
    account: '111122223333',
    primary: { region: 'ap-northeast-1' }, // Tokyo
    replica: { region: 'ap-northeast-3' }, // Osaka
    // With a second account the copies are out of reach of who gets hold of the first one (docs/adr/0009-second-account.md):
    // replica: { region: 'ap-northeast-3', account: '444455556666' },

    cadence: {
      every: '3h',
      startsAt: '00:00',
      timezone: 'Asia/Tokyo',
      keep: '14d',
      // Copies hold out longer than the originals here: a mistake found after a long holiday is still undone from Osaka.
      copy: { keep: '35d' },
      // What an auditor asks for. These are runs of the cadence that are kept for longer, so they take no other's place.
      weekly: { on: 'sun', keep: '56d' },
      monthly: { on: 1, keep: '365d' },
    },
    // On the first of every month each database is restored, in Tokyo and in Osaka, and read from end to end: docs/drills.md.
    drills: {
      on: 1,
      at: '10:00',
      // The evidence outlives the yearly audit by a month.
      keepEvidence: '400d',
    },
    // Nobody else can delete a recovery point through AWS Backup or end a key, not even an administrator who has not taken this role:
    // guard who may.
    breakGlassRole: 'shop-break-glass',

    databases: {
      // Orders and customers. Two zones keep it up when one fails; that is no backup, so the copies are still made.
      orders: {
        kind: 'instance',
        engineVersion: '17.6',
        instanceClass: 'db.r7g.large',
        storage: '200GiB',
        multiAz: true,
        // Written in UTC: Wednesday 02:15 in Tokyo. Left out, it would be early on Monday, when the weekly orders come in.
        maintenanceWindow: 'tue:17:15-tue:17:45',
        // The shop is never quiet for two hours: if the newest order in a recovery point is older, something stopped writing.
        drill: {
          freshness: [{ table: 'shop/public.orders', column: 'created_at', within: '2h' }],
          // What only we know to be wrong, as SQL: rows that must not be there.
          ownChecks: 'checks/orders',
        },
      },
      // Older than this project, made by hand, and staying so. What protects it is raised to the policy; nothing else is touched.
      members: { kind: 'adopted', instance: 'members-prod' },
      // Sessions and carts, on Aurora, which scales through a sale by itself. Its copies are stored in Osaka in full, each of
      // them, so one a day goes there: 35 times the data instead of 280. With all of Tokyo, a day of carts may be lost.
      carts: {
        kind: 'cluster',
        engineVersion: '17.5',
        capacity: { min: 0.5, max: 8 },
        readers: 1,
        copyEvery: '24h',
        objectives: { rpo: '27h' },
        // Aurora's storage has no size to go by; `fukugen plan` reckons the bill with this.
        expected: { data: '20GiB' },
      },
      // Reports can be rebuilt from orders within a day, so one zone and the defaults will do.
      reports: { kind: 'instance', engineVersion: '17.6' },
    },

    // Photos of articles. The bucket exists; its versioning has to be on, and the deployment says so when it is not.
    uploads: { kind: 'adopted', bucket: 'shop-photos' },
    // What Osaka needs to run and to tell. No value is read; the secrets that RDS manages are not among them.
    secrets: {
      slack: { kind: 'adopted', name: 'shop/slack-webhook' },
      payments: { kind: 'adopted', name: 'shop/payment-provider' },
    },
    // How Tokyo is set, week by week, in Osaka: to rebuild what no template holds.
    settingsExport: { every: '7d' },

    // Each address confirms a mail of AWS, once for Tokyo and once for Osaka. The webhook's address is the text of a secret,
    // which is replicated above.
    notices: {
      email: ['team@example.com'],
      slack: { webhookSecret: 'shop/slack-webhook' },
      runbooks: 'https://github.com/example/shop-backup/blob/main/runbooks',
    },
  },
});
