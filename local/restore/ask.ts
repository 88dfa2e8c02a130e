import { stderr, stdin } from 'node:process';
import { FukugenError } from '../../core/errors.ts';
import { ageText, bytesText } from '../console/table.ts';
import { isSafety, momentOf } from '../generation/identifier.ts';
import { readManifest } from '../generation/manifest.ts';
import { Memory } from '../retention/memory.ts';
import type { Store } from '../stores/store.ts';
import { localTime } from '../system/local-time.ts';
import { chooseSource, chooseStore, type Workspace } from '../workspace.ts';
import { holding } from './choose-generation.ts';

interface Given {
  readonly store?: string;
  readonly json?: boolean;
  readonly inPlace?: boolean;
}

interface Answers {
  readonly source: string;
  readonly store: string;
  readonly at: string;
  readonly inPlace?: boolean;
}

/**
 * What the command line left open, asked on the terminal: source, store, generation, place.
 *
 * @throws FukugenError `usage` where nobody can answer, `cancelled` when someone would rather not
 */
export async function askForRestore<T extends Given>(workspace: Workspace, given: T): Promise<T & Answers> {
  const names = workspace.sources.map(({ name }) => name).join(', ');
  if (!stdin.isTTY || !stderr.isTTY || given.json) {
    throw new FukugenError('usage', `nobody is there to be asked what to restore; there is ${names}`, {
      next: 'fukugen restore <source> --store <store> --at <generation>, and --in-place --yes to replace what is there now',
    });
  }
  // Only here: everybody else would wait for it to load.
  const { select } = await import('@inquirer/prompts');
  const ask = <V>(message: string, choices: { readonly name: string; readonly value: V }[]): Promise<V> =>
    select({ message, choices, pageSize: 12 }, { output: stderr }).catch((cause: Error) => {
      if (cause.name !== 'ExitPromptError') throw cause;
      throw new FukugenError('cancelled', 'stopped on request; nothing was restored', { cause });
    });
  const source = chooseSource(
    workspace,
    await ask(
      'What is to be restored?',
      workspace.sources.map(({ name, kind }) => ({ name: `${name} (${kind})`, value: name })),
    ),
  );
  const stores = workspace.stores.filter((store) => store.encrypted || !source.encryptedOnly);
  const store =
    given.store === undefined
      ? await ask(
          'From which store?',
          stores.map((value) => ({ name: `${value.name} (${value.kind})`, value })),
        )
      : chooseStore(workspace, given.store, source);
  const at = await ask('Which generation?', await choicesIn(workspace, store, source.name));
  const inPlace =
    given.inPlace ??
    (await ask('Where to?', [
      { name: 'to a new place, beside what is there now', value: false },
      { name: 'in place of what is there now, which is kept under another name', value: true },
    ]));
  return { ...given, source: source.name, store: store.name, at, inPlace };
}

/** Newest first, each with what is known of it without fetching it. */
async function choicesIn(workspace: Workspace, store: Store, source: string) {
  const generations = await holding(
    store,
    source,
    (await store.list()).map(({ generation }) => generation),
  );
  if (generations.length === 0) {
    throw new FukugenError('missing', `no generation in the store ${store.name} holds ${source}`, {
      next: `fukugen backup --source ${source}`,
    });
  }
  const proofs = await new Memory(workspace.state).proofsOf(store.name);
  const choices: { name: string; value: string }[] = [];
  for (const generation of generations) {
    const moment = momentOf(generation) as Date;
    const proven = proofs[generation];
    const facts = [
      `${ageText(Date.now() - moment.getTime())} ago`,
      await sizeIn(store, generation, source),
      proven?.identical ? 'restored and compared' : proven?.bytes ? 'bytes verified' : 'not verified yet',
      isSafety(generation) ? 'taken before a restore' : '',
    ];
    choices.push({
      name: `${localTime(moment)}  ${facts.filter((fact) => fact !== '').join(', ')}`,
      value: generation,
    });
  }
  return choices;
}

/** Where it can be read without fetching the generation. */
async function sizeIn(store: Store, generation: string, source: string): Promise<string> {
  if (store.kind !== 'generations') return '';
  try {
    const { sources } = await store.open(generation, readManifest);
    return bytesText(sources.find(({ name }) => name === source)?.files.bytes ?? 0);
  } catch (error) {
    if (!(error instanceof FukugenError)) throw error;
    return 'DAMAGED';
  }
}
