import { refusal } from '../../connection.ts';
import type { Check, Look } from '../look.ts';
import { rethrowFatal, said } from '../look.ts';
import { ask, OutOfTime, readOnly, type Subject } from '../subject.ts';
import { meets, type OwnCheck } from './own-check.ts';

/** Runs the query of an own check in a transaction that can write nothing, and holds it against its expectation. */
export function own(check: OwnCheck): Check {
  return {
    check: 'own',
    name: check.name,
    async look(subject) {
      const { of, comparison, number } = check.expectation;
      const expected = `${of} ${comparison} ${number}`;
      const done = (text?: string): Look => ({
        findings: text === undefined ? [] : [{ object: check.name, text }],
        covered: 1,
        of: 1,
        notCovered: [],
        text: `expected: ${expected}`,
      });
      try {
        const value = await readOnly(subject, () => measured(subject, check));
        if (typeof value === 'string') return done(`${value}; expected: ${expected}`);
        return done(meets(value, check.expectation) ? undefined : `${of} is ${value}; expected: ${expected}`);
      } catch (error) {
        if (error instanceof OutOfTime) throw error;
        // It tried to write, which says nothing of the connection.
        if (refusal(error).code !== '25006') rethrowFatal(error);
        return done(`the query failed: ${said(error)}`);
      }
    },
  };
}

/**
 * The query becomes part of another one: whatever is no single query is a syntax error there. A comment at its end must not take the rest.
 * Counted are whole rows: with `count(*)` the server would leave the columns out, and what is wrong with them.
 */
async function measured(subject: Subject, { sql, expectation }: OwnCheck): Promise<number | string> {
  if (expectation.of === 'rows') {
    const [counted] = await ask<{ readonly rows: string }>(
      subject,
      `select count(q)::text as rows from (\n${sql}\n) as q`,
    );
    return Number(counted?.rows);
  }
  const found = await ask<{ readonly value: string | null; readonly columns: string }>(
    subject,
    `select value::text as value, (select count(*) from json_object_keys(to_json(q)))::text as columns
       from (\n${sql}\n) as q (value) limit 2`,
  );
  const [only] = found;
  if (found.length !== 1 || !only)
    return `the query gives ${found.length === 0 ? 'no row' : 'several rows'}, and not one value`;
  if (only.columns !== '1') return `the query gives ${only.columns} columns, and not one value`;
  if (only.value === null) return 'the value is NULL';
  const value = Number(only.value);
  return only.value.trim() === '' || !Number.isFinite(value) ? 'the value is no number' : value;
}
