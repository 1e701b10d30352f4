/** An example of the connection guide: one row of a table whose first column is `frame`. */
export interface GuideRow {
  /** The protocol that the heading above names. */
  protocol: string;
  frame: string;
  /** MQTT topic, or path of an HTTP request. */
  topic: string | undefined;
  /** What stands in code marks in the second column. */
  named: string[];
  /** What is answered or published, topics among it; empty where it says none. */
  replies: string[];
}

/** Code spans of a cell; a bar within is written `\|`. */
const spans = (cell: string) =>
  [...cell.matchAll(/`([^`]*)`/g)].map(([, code = '']) => code.replaceAll('\\|', '|'));

/** Every example of the guide, in order. */
export function guideRows(guide: string): GuideRow[] {
  const rows: GuideRow[] = [];
  let protocol = '';
  let inExamples = false;
  for (const line of guide.split('\n')) {
    protocol = /^#+ `(\w+)`/.exec(line)?.[1] ?? (/^#{1,2} /.test(line) ? '' : protocol);
    if (!line.startsWith('|')) inExamples = false;
    else if (line.startsWith('| frame |')) inExamples = true;
    else if (inExamples && !/^\|[-\s|]*\|$/.test(line)) rows.push(rowOf(line, protocol));
  }
  return rows;
}

function rowOf(line: string, protocol: string): GuideRow {
  const [frameCell = '', meaning = '', reply = ''] = line.slice(1, -1).split(/(?<!\\)\|/);
  const [first = '', second] = spans(frameCell);
  return {
    protocol,
    frame: second ?? first,
    topic: second === undefined ? undefined : first,
    named: spans(meaning),
    replies: spans(reply),
  };
}
