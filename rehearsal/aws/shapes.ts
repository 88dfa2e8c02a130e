import { NormalizedSchema } from '@smithy/core/schema';

/** A schema of the SDK, which describes every operation's input and output down to the name of each element. */
export type Shape = NormalizedSchema;
export type Json = { readonly [key: string]: unknown };

export function shapeOf(schema: unknown): Shape {
  return NormalizedSchema.of(schema as Parameters<typeof NormalizedSchema.of>[0]);
}

/** A text of a path, a header, a form or XML, as the type that the schema gives it. */
export function fromText(shape: Shape, text: string): unknown {
  if (shape.isBooleanSchema()) return text === 'true';
  if (shape.isNumericSchema()) return Number(text);
  if (shape.isTimestampSchema()) return /^\d+(\.\d+)?$/.test(text) ? new Date(Number(text) * 1_000) : new Date(text);
  return text;
}

/** A value of JSON, with its timestamps as dates: numbers there are seconds. */
export function fromJson(shape: Shape, value: unknown): unknown {
  if (value === null || value === undefined) return undefined;
  if (shape.isTimestampSchema()) return typeof value === 'number' ? new Date(value * 1_000) : new Date(`${value}`);
  if (shape.isListSchema()) return (value as unknown[]).map((one) => fromJson(shape.getValueSchema(), one));
  if (shape.isStructSchema()) return fieldsFrom(shape, value as Json, (member, one) => fromJson(member, one));
  return value;
}

export function toJson(shape: Shape, value: unknown): unknown {
  if (value instanceof Date) return value.getTime() / 1_000;
  if (Array.isArray(value)) return value.map((one) => toJson(shape.getValueSchema(), one));
  if (shape.isStructSchema() && typeof value === 'object' && value !== null) {
    return fieldsFrom(shape, value as Json, (member, one) => toJson(member, one));
  }
  return value;
}

/** The fields of a form, `Tags.Tag.1.Key=a`, as the SDK writes them for the query protocol. */
export function fromForm(shape: Shape, form: URLSearchParams, prefix = ''): unknown {
  if (shape.isListSchema()) {
    const flat = shape.getMergedTraits().xmlFlattened;
    const name = shape.getValueSchema().getMergedTraits().xmlName ?? 'member';
    const start = flat ? prefix : `${prefix}${name}.`;
    const values: unknown[] = [];
    for (let index = 1; has(form, `${start}${index}`); index++) {
      values.push(fromForm(shape.getValueSchema(), form, `${start}${index}.`));
    }
    return values;
  }
  if (!shape.isStructSchema()) return fromText(shape, form.get(prefix.replace(/\.$/, '')) ?? '');
  const value: Record<string, unknown> = {};
  for (const [name, member] of shape.structIterator()) {
    const key = `${prefix}${member.getMergedTraits().xmlName ?? name}`;
    if (has(form, key)) value[name] = fromForm(member, form, `${key}.`);
  }
  return value;
}

function has(form: URLSearchParams, key: string): boolean {
  return [...form.keys()].some((one) => one === key || one.startsWith(`${key}.`));
}

export function toXml(shape: Shape, name: string, value: unknown): string {
  if (value === undefined || value === null) return '';
  const element = (content: string, tag = name) => `<${tag}>${content}</${tag}>`;
  if (shape.isListSchema()) {
    const member = shape.getValueSchema();
    if (shape.getMergedTraits().xmlFlattened)
      return (value as unknown[]).map((one) => toXml(member, name, one)).join('');
    const tag = `${member.getMergedTraits().xmlName ?? 'member'}`;
    return element((value as unknown[]).map((one) => toXml(member, tag, one)).join(''));
  }
  if (shape.isStructSchema()) {
    const fields = [...shape.structIterator()].map(([key, member]) =>
      toXml(member, `${member.getMemberTraits().xmlName ?? key}`, (value as Json)[key]),
    );
    return element(fields.join(''));
  }
  return element(escapeXml(value instanceof Date ? value.toISOString() : `${value}`));
}

export function escapeXml(text: string): string {
  return text.replace(/[<>&"]/g, (one) => ({ '<': '&lt;', '>': '&gt;', '&': '&amp;', '"': '&quot;' })[one] as string);
}

function fieldsFrom(shape: Shape, value: Json, convert: (member: Shape, one: unknown) => unknown): Json {
  const fields: Record<string, unknown> = {};
  for (const [name, member] of shape.structIterator()) {
    const key = `${member.getMergedTraits().jsonName ?? name}`;
    if (value[key] !== undefined && value[key] !== null) fields[name] = convert(member, value[key]);
  }
  return fields;
}
