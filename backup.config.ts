import { defineBackup } from './core/policy/index.ts';

/**
 * The policy of this project's own rehearsal: what `npm run rehearse` backs up, and what `cdk synth` builds.
 * Copy `examples/team-on-rds` or `examples/laptop` for your own.
 */
export default defineBackup({
  name: 'fukugen',
  objectives: { rpo: '6h', rto: '4h' },
  cloud: {
    databases: {
      main: { kind: 'instance', engineVersion: '17.6' },
    },
    notices: { email: ['backups@example.com'] },
  },
});
