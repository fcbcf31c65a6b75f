import { contentError } from '../../../server/standards/hl7v2/errors.ts';
import {
  segment,
  text,
  wholeField,
  type Hl7Message,
  type Hl7Segment,
} from '../../../server/standards/hl7v2/parse.ts';

/** ORC with the OBR, TQ1, NTE, DG1 and OBX behind it. */
export interface OrderGroup {
  control: string;
  placer: string;
  /** Which ORC, from 1. */
  sequence: number;
  items: { code: string; name: string; section: string | undefined; sequence: number }[];
  priority: 'emergency' | 'urgent' | 'routine';
  clinicalInfo: string | undefined;
  requestedBy: string | undefined;
}

/** Reads the order groups of ORM and OML. Throws Hl7ContentError naming ORC or OBR fields. */
export function readOrderGroups(message: Hl7Message): OrderGroup[] {
  const groups: { orc: Hl7Segment | undefined; parts: Hl7Segment[] }[] = [];
  for (const one of message.segments) {
    if (one.id === 'ORC') groups.push({ orc: one, parts: [] });
    else if (one.id === 'OBR' && groups.length === 0) groups.push({ orc: undefined, parts: [one] });
    else groups.at(-1)?.parts.push(one);
  }
  if (groups.length === 0) throw contentError('ORC', 1, 'the message has neither ORC nor OBR', 'refuse', 100);
  return groups.map(({ orc, parts }, position) => readGroup(message, orc, parts, position + 1));
}

function readGroup(
  message: Hl7Message,
  orc: Hl7Segment | undefined,
  parts: Hl7Segment[],
  sequence: number,
): OrderGroup {
  const requests = parts.filter((one) => one.id === 'OBR');
  const control = (text(orc, 1) ?? 'NW').toUpperCase();
  const placer = text(orc, 2) ?? text(requests[0], 2);
  if (!placer) throw contentError('ORC', 2, 'the placer order number is empty', 'refuse', 101, sequence);
  if (placer.length > 64)
    throw contentError(
      'ORC',
      2,
      'the placer order number is longer than 64 characters',
      'refuse',
      102,
      sequence,
    );
  const items = requests.map((obr) => {
    const code = text(obr, 4);
    if (!code && control !== 'CA')
      throw contentError('OBR', 4, 'the item code is empty', 'refuse', 101, obr.sequence);
    return {
      code: code ?? '',
      name: text(obr, 4, 2) ?? code ?? '',
      section: text(obr, 24),
      sequence: obr.sequence,
    };
  });
  if (items.length === 0 && control === 'NW')
    throw contentError('OBR', 4, 'a new order without OBR', 'refuse', 100, sequence);
  const tq1 = parts.find((one) => one.id === 'TQ1') ?? segment(message, 'TQ1');
  return {
    control,
    placer,
    sequence,
    items,
    priority: priorityOf(text(orc, 7, 6) ?? text(tq1, 9) ?? text(requests[0], 27, 6) ?? text(requests[0], 5)),
    clinicalInfo: clinicalInfo(requests, parts),
    requestedBy: personName(orc, 12) ?? personName(requests[0], 16),
  };
}

/** HL7 table 0485 as the contract reads it: S emergency, A urgent, all else routine. */
function priorityOf(sent: string | undefined): OrderGroup['priority'] {
  const letter = sent?.toUpperCase();
  if (letter === 'S' || letter === 'STAT') return 'emergency';
  return letter === 'A' || letter === 'ASAP' ? 'urgent' : 'routine';
}

function clinicalInfo(requests: Hl7Segment[], parts: Hl7Segment[]): string | undefined {
  const lines = [
    ...requests.flatMap((obr) => [text(obr, 13), text(obr, 31, 2) ?? text(obr, 31)]),
    ...parts.filter((one) => one.id === 'DG1').map((dg1) => text(dg1, 4) ?? text(dg1, 3, 2)),
    ...parts.filter((one) => one.id === 'NTE').map((nte) => wholeField(nte, 3)),
  ].filter((line): line is string => line !== undefined && line.trim() !== '');
  return lines.length > 0 ? [...new Set(lines)].join('\n').slice(0, 4000) : undefined;
}

function personName(from: Hl7Segment | undefined, field: number): string | undefined {
  const family = text(from, field, 2);
  const given = text(from, field, 3);
  if (!family && !given) return undefined;
  return /\p{Script=Han}/u.test(`${family}${given}`)
    ? `${family ?? ''}${given ?? ''}`
    : [given, family].filter(Boolean).join(' ');
}
