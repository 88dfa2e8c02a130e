import { table } from './table.ts';

/** A page to print: the same blocks for a terminal and as Markdown. */
export type Block =
  | { readonly kind: 'title'; readonly text: string }
  | { readonly kind: 'heading'; readonly text: string }
  | { readonly kind: 'table'; readonly header: readonly string[]; readonly rows: readonly (readonly string[])[] }
  /** Short labels, each with lines that say more. */
  | { readonly kind: 'facts'; readonly facts: readonly Fact[] }
  | { readonly kind: 'lines'; readonly lines: readonly string[] };

export type Fact = readonly [label: string, ...lines: string[]];

/** Headings at the margin, everything below them two columns in, labels in a column of their own. */
export function asText(blocks: readonly Block[]): string {
  return blocks.map(text).join('\n\n');
}

function text(block: Block): string {
  switch (block.kind) {
    case 'title':
    case 'heading':
      return block.text;
    case 'table':
      return indent(table(block.header, block.rows));
    case 'facts':
      return indent(factsAsTable(block.facts));
    case 'lines':
      return indent(block.lines.join('\n'));
  }
}

function factsAsTable(facts: readonly Fact[]): string {
  const [first = ['', ''], ...others] = facts.flatMap(([label, ...lines]) =>
    lines.map((line, index) => [index === 0 ? label : '', line]),
  );
  return table(first, others);
}

function indent(text: string): string {
  return text.replace(/^(?=.)/gm, '  ');
}

export function asMarkdown(blocks: readonly Block[]): string {
  return blocks.map(markdown).join('\n\n');
}

function markdown(block: Block): string {
  switch (block.kind) {
    case 'title':
      return `# ${escaped(block.text)}`;
    case 'heading':
      return `## ${escaped(block.text)}`;
    case 'table':
      return [block.header, block.header.map(() => '---'), ...block.rows]
        .map((row) => `| ${row.map((cell) => escaped(cell.trim())).join(' | ')} |`)
        .join('\n');
    case 'facts':
      return block.facts
        .map(
          ([label, ...lines]) => `- **${escaped(label)}**: ${lines.map((line) => escaped(line.trim())).join('<br>')}`,
        )
        .join('\n');
    case 'lines':
      return block.lines.map((line) => escaped(line.trim())).join('  \n');
  }
}

/** Names and addresses come from the policy: none of them may become markup. */
function escaped(text: string): string {
  return text.replace(/[\\`*_{}[\]<>#|~]/g, '\\$&');
}
