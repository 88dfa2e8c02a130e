/** A value of a template in which every intrinsic function is replaced by what it stands for. */
export type Value = string | number | boolean | null | Value[] | { readonly [key: string]: Value };

export interface Resource {
  readonly stack: StackTemplate;
  readonly logicalId: string;
  readonly type: string;
  readonly properties: { readonly [key: string]: Value };
}

/** A synthesised stack: where it goes, and its template as written. */
export interface StackTemplate {
  /** Path of the stack in the construct tree. */
  readonly path: string;
  readonly file: string;
  /** Name in CloudFormation. */
  readonly name: string;
  readonly region: string | undefined;
  readonly account: string | undefined;
  readonly template: Template;
}

/** Of a template, what is read here. */
export interface Template {
  readonly Resources?: Readonly<Record<string, { Type: string; Properties?: Record<string, Value> }>>;
  readonly Outputs?: Readonly<Record<string, { Value: Value; Export?: { Name: Value } }>>;
}

/** Stands for a value that the templates do not tell. */
export function marker(what: string): string {
  return `\${${what}}`;
}

/** What cannot be known before deployment stands in a value as `${…}`, and so does all that is made from it. */
export function isKnown(value: Value | undefined): boolean {
  return !JSON.stringify(value ?? null).includes('${');
}

export function textOf(value: Value | undefined): string | undefined {
  return typeof value === 'string' && isKnown(value) ? value : undefined;
}

/** CloudFormation takes numbers as text too. */
export function numberOf(value: Value | undefined): number | undefined {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : undefined;
}

/** True where the property is certainly off: said so, or left out where that means off. An unknown value is neither. */
export function isOff(value: Value | undefined): boolean {
  return value === undefined || value === false || value === 'false';
}

export function listOf(value: Value | undefined): readonly Value[] {
  if (Array.isArray(value)) return value;
  return value === undefined || value === null ? [] : [value];
}

export function mapOf(value: Value | undefined): { readonly [key: string]: Value } {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
}

/** Splits a text, but not a marker: that of an account holds colons. */
export function splitKnown(text: string, separator: string): string[] {
  const markers: string[] = [];
  const masked = text.replace(/\$\{[^}]*\}/g, (found) => `\u0000${markers.push(found) - 1}\u0000`);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: no template can hold one, which is why it masks
  const unmask = (part: string) => part.replace(/\u0000(\d+)\u0000/g, (_whole, index) => markers[Number(index)] ?? '');
  return masked.split(separator).map(unmask);
}
