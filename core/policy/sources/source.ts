import { z } from 'zod';
import { command } from './command.ts';
import { directory } from './directory.ts';
import { files } from './files.ts';
import { postgres } from './postgres.ts';
import { sqlite } from './sqlite.ts';

/** Something to back up. */
export const source = z.discriminatedUnion('kind', [postgres, sqlite, directory, files, command]);
