import { z } from 'zod';
import { path } from '../fields.ts';
import { common } from './common.ts';

export const directory = z.strictObject({
  kind: z.literal('directory'),
  path,
  /** Names or paths inside the folder, as in a .gitignore file. */
  exclude: z.array(z.string().min(1)).default([]),
  /** Leave out what a program makes again: `.venv`, `__pycache__`, `node_modules`, `*.log`, `*.tmp`. `exclude` can take one back: `!*.log`. */
  excludeUsual: z.boolean().default(true),
  /** Leave out `.git` too: where every branch is on a server. */
  excludeGit: z.boolean().default(false),
  /** What to do with files that iCloud has taken off this machine: report each as not in the backup, read and so download it, or fail. */
  notDownloaded: z.enum(['skip', 'download', 'fail']).default('skip'),
  ...common,
});
