import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import * as backup from '@aws-sdk/client-backup';
import * as cloudwatch from '@aws-sdk/client-cloudwatch';
import * as rds from '@aws-sdk/client-rds';
import * as s3api from '@aws-sdk/client-s3';
import * as secretsmanager from '@aws-sdk/client-secrets-manager';
import { describe, expect, test } from '@jest/globals';
import { alarmSituations, articleOf, type SituationName, situations } from '../core/notice/index.ts';

const folder = resolve(import.meta.dirname, '..', 'runbooks');
const languages = ['en', 'ja'] as const;

/** Articles for situations that no alarm has: people open these by themselves, or another article sends them there. */
const withoutAlarm = ['adopt-database', 'database-lost', 'region-lost', 'rows-lost'];

const sections = {
  en: ['When to use', 'When not to use', 'First five minutes', 'Steps', 'How to know it worked', 'How to go back'],
  ja: ['使うとき', '使わないとき', '最初の 5 分', '手順', 'うまくいったことの確かめ方', '元に戻すには'],
};

const namesIn = (language: string) =>
  readdirSync(join(folder, language))
    .map((file) => file.replace(/\.md$/, ''))
    .sort();
const read = (language: string, name: string) => readFileSync(join(folder, language, `${name}.md`), 'utf8');
const headings = (text: string, level: string) =>
  [...text.matchAll(/^(#+) (.+)$/gm)].filter(([, hashes]) => hashes === level).map(([, , heading]) => heading);
/** The blocks of commands under each section. Headings are not looked for in them: a comment begins with `#`, too. */
const commands = (text: string) => [...text.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, block]) => block as string);
const prose = (text: string) => text.replaceAll(/^```sh\n[\s\S]*?^```$/gm, '```sh```');

const articles = namesIn('en');

test('every alarm has an article, and every article an alarm or a reason', () => {
  expect(articles).toEqual([...Object.keys(alarmSituations), ...withoutAlarm].sort());
  expect(namesIn('ja')).toEqual(articles);
});

test('every notice links to an article that exists', () => {
  for (const situation of Object.keys(situations)) expect(articles).toContain(articleOf(situation as SituationName));
});

/** With what it depends on, it would undo what somebody changed on a database by hand, such as its class in an emergency. */
test('what was changed outside of CloudFormation is put back in one stack, never one with a database or the evidence', () => {
  const reverts = articles.flatMap((name) => read('en', name).match(/^.*--revert-drift.*$/gm) ?? []);
  expect(reverts.length).toBeGreaterThan(0);
  for (const line of reverts)
    expect(line).toMatch(/^npx cdk deploy (Backup|Watch|Drill|Settings) --exclusively --revert-drift$/);
});

describe.each(articles)('%s', (name) => {
  test.each(languages)('in %s has the name of its alarm as heading, and all sections in order', (language) => {
    const text = prose(read(language, name));
    expect(headings(text, '#')).toEqual([name]);
    expect(headings(text, '##')).toEqual(sections[language]);
    for (const section of text.split(/^## .+$/m).slice(1)) expect(section.trim()).not.toBe('');
  });

  test('has the same commands in both languages, in the same sections', () => {
    const perSection = (language: string) =>
      prose(read(language, name))
        .split(/^## /m)
        .map((part) => part.split('```sh```').length);
    expect(commands(read('ja', name))).toEqual(commands(read('en', name)));
    expect(perSection('ja')).toEqual(perSection('en'));
  });

  test.each(languages)('in %s sends only to articles that exist', (language) => {
    const sent = [...prose(read(language, name)).matchAll(/`([a-z]+(?:-[a-z]+)+)`/g)].map(
      ([, target]) => target as string,
    );
    const notArticles = sent.filter((target) => !articles.includes(target));
    expect(notArticles.filter((target) => !operations.has(target) && !cliWords.includes(target))).toEqual([]);
  });

  test('is written in its language', () => {
    expect(prose(read('en', name))).not.toMatch(/[぀-ヿ一-鿿]/);
    expect(prose(read('ja', name))).toMatch(/[぀-ヿ一-鿿]/);
  });
});

/** Statuses and the like that are written as code. */
const cliWords = ['storage-optimization'];

/** What the AWS command line takes of itself with every operation. */
const globalFlags = ['region', 'query', 'output'];

/** Operations whose clients this project does not have, with the flags that the articles use. Looked up by hand. */
const byHand: Readonly<Record<string, readonly string[]>> = {
  'cloudformation describe-stack-resources': ['stack-name'],
  'cloudformation list-stack-resources': ['stack-name'],
  'cloudtrail lookup-events': ['lookup-attributes', 'max-results'],
  'ec2 describe-subnets': [],
  'events describe-rule': ['name'],
  'events enable-rule': ['name'],
  'events list-targets-by-rule': ['rule'],
  'lambda get-function-configuration': ['function-name'],
  'lambda invoke': ['function-name', 'payload', 'cli-binary-format'],
  'logs describe-log-groups': ['log-group-name-prefix'],
  // Of the command line itself, not of the API.
  'logs tail': ['since', 'format', 'filter-pattern'],
  'rds wait': ['db-instance-identifier'],
  'scheduler get-schedule': ['name'],
  'sqs get-queue-attributes': ['queue-url', 'attribute-names'],
  'sqs purge-queue': ['queue-url'],
  'sqs receive-message': ['queue-url', 'max-number-of-messages', 'visibility-timeout'],
  'stepfunctions describe-execution': ['execution-arn'],
  'stepfunctions list-executions': ['state-machine-arn', 'max-results'],
  'stepfunctions start-execution': ['state-machine-arn', 'input'],
  'stepfunctions stop-execution': ['execution-arn'],
  'sts get-caller-identity': [],
};

/** The command line signs the request to the other Region by itself when it is told which. */
const ofTheCommandLine: Readonly<Record<string, readonly string[]>> = {
  'start-db-instance-automated-backups-replication': ['source-region'],
};

const clients: Readonly<Record<string, object>> = { backup, cloudwatch, rds, s3api, secretsmanager };
const squeezed = (text: string) => text.replaceAll('-', '').toLowerCase();

/** Members of the input of every operation, by its name on the command line without hyphens. */
const inputs = new Map(
  Object.entries(clients).flatMap(([service, client]) =>
    Object.entries(client)
      .filter(([name]) => /^[A-Z]\w+Command$/.test(name))
      .map(([name, Command]) => {
        // Of a schema, the fifth element of an operation is its input, and the fifth of a structure its members.
        const { 4: input } = new Command({}).schema;
        const structure = typeof input === 'function' ? input() : input;
        return [`${service} ${squeezed(name.replace(/Command$/, ''))}`, (structure[4] ?? []).map(squeezed)] as const;
      }),
  ),
);

const calls = articles.flatMap((name) =>
  commands(read('en', name)).flatMap((block) =>
    [...block.matchAll(/\baws ([a-z-]+) ([a-z0-9-]+)((?:"[^"]*"|'[^']*'|[^|\n"')])*)/g)].map(
      ([, service, operation, rest]) => ({
        name,
        service: service as string,
        operation: operation as string,
        flags: [...`${rest}`.replaceAll(/"[^"]*"|'[^']*'/g, '""').matchAll(/\s--([a-z0-9-]+)/g)].map(
          ([, flag]) => flag as string,
        ),
      }),
    ),
  ),
);
const operations = new Set(calls.map(({ operation }) => operation).concat('delete-backup-vault-lock-configuration'));

test('there are commands to look at', () => {
  expect(calls.length).toBeGreaterThan(80);
  expect(inputs.size).toBeGreaterThan(200);
});

test.each(calls)('$name: aws $service $operation takes $flags', ({ service, operation, flags }) => {
  const own = flags.filter((flag) => !globalFlags.includes(flag) && !ofTheCommandLine[operation]?.includes(flag));
  const known = byHand[`${service} ${operation}`];
  if (known) {
    expect(known).toEqual(expect.arrayContaining(own));
    return;
  }
  const members = inputs.get(`${service} ${squeezed(operation)}`);
  expect(members).toBeDefined();
  for (const flag of own) {
    const isMember = members?.includes(squeezed(flag)) || members?.includes(squeezed(flag.replace(/^no-/, '')));
    expect([flag, isMember]).toEqual([flag, true]);
  }
});

test('a Region is said for every call but those that have none', () => {
  const silent = calls.filter(({ flags, service }) => !flags.includes('region') && service !== 'sts');
  expect(silent.map(({ name, operation }) => `${name}: ${operation}`)).toEqual([]);
});
