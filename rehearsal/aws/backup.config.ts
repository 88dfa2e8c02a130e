import { defineBackup } from '../../core/policy/index.ts';

/** What the rehearsal deploys into its simulated account: a database of each kind, drilled from both Regions. */
export default defineBackup({
  name: 'hoshizora',
  objectives: { rpo: '6h', rto: '4h' },
  cloud: {
    account: '111122223333',
    databases: {
      shop: {
        kind: 'instance',
        engineVersion: '15.10',
        drill: {
          freshness: [{ table: 'shop.heartbeats', column: 'at', within: '1h' }],
          baseline: { secret: 'hoshizora/reader' },
        },
      },
      carts: { kind: 'cluster', engineVersion: '15.10', copyEvery: '24h', objectives: { rpo: '27h' } },
    },
    drills: { concurrency: 2, ownChecks: 'checks' },
    notices: { email: ['team@example.com'] },
  },
});
