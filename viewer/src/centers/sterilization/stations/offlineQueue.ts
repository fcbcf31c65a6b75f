import { get, post } from '../../../api/client.ts';

export interface QueuedScan {
  sequence: number;
  operation: string;
  input: Record<string, unknown>;
  deviceAt: string;
  /** Who scanned: shown, and proven to the hub by the ticket. */
  person?: { id: string; name: string };
  ticket?: string;
}
export interface TakenScan {
  sequence: number;
  outcome: 'accepted' | 'conflict';
  problem: string;
  person: string;
}

const key = (station: string) => `hub.sterilization.queue.${station}`;
const counter = (station: string) => `hub.sterilization.sequence.${station}`;

/** Scans of this station that the hub has not taken over yet, in the order they were made. */
export function queued(station: string): QueuedScan[] {
  try {
    const rows: unknown = JSON.parse(localStorage.getItem(key(station)) ?? '[]');
    return Array.isArray(rows) ? (rows as QueuedScan[]) : [];
  } catch {
    return [];
  }
}

interface Ticket {
  userId: string;
  ticket: string;
}
const TICKET = 'hub.sterilization.ticket';

/** Fetches the proof of the signed-in person while there is a line, to be kept beside scans made without one. */
export async function fetchTicket(userId: string): Promise<void> {
  const { ticket } = await get<{ ticket: string }>('/api/sterilization/station-ticket');
  localStorage.setItem(TICKET, JSON.stringify({ userId, ticket } satisfies Ticket));
}

function ticketOf(userId: string): string | undefined {
  try {
    const kept = JSON.parse(localStorage.getItem(TICKET) ?? 'null') as Ticket | null;
    return kept?.userId === userId ? kept.ticket : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Keeps a scan on this machine with who made it. The number never goes back, so that nothing is taken over twice.
 */
export function enqueue(
  station: string,
  operation: string,
  input: Record<string, unknown>,
  by: { id: string; name: string },
): QueuedScan {
  const sequence = Number(localStorage.getItem(counter(station)) ?? Date.now()) + 1;
  localStorage.setItem(counter(station), String(sequence));
  const ticket = ticketOf(by.id);
  const scan = {
    sequence,
    operation,
    input,
    deviceAt: new Date().toISOString(),
    person: by,
    ...(ticket && { ticket }),
  };
  localStorage.setItem(key(station), JSON.stringify([...queued(station), scan]));
  return scan;
}

/** A short name of this browser: two tablets at one station number their scans apart. */
export function thisDevice(): string {
  const known = localStorage.getItem('hub.sterilization.device');
  if (known) return known;
  const made = (crypto.getRandomValues(new Uint32Array(1))[0] ?? 0).toString(36).slice(0, 5).toUpperCase();
  localStorage.setItem('hub.sterilization.device', made);
  return made;
}

const flushing = new Map<string, Promise<TakenScan[]>>();

/** Hands the queue of a station over; while one hand-over runs, everybody waits for the same one. */
export function flush(station: string, userId: string): Promise<TakenScan[]> {
  const running = flushing.get(station);
  if (running) return running;
  const work = handOver(station, userId).finally(() => flushing.delete(station));
  flushing.set(station, work);
  return work;
}

/** Hands the queue over, in order, each scan with the proof of who made it; what the hub has answered leaves the queue, conflicts come back to be shown. */
async function handOver(station: string, userId: string): Promise<TakenScan[]> {
  const taken: TakenScan[] = [];
  for (let batch = queued(station).slice(0, 200); batch.length > 0; batch = queued(station).slice(0, 200)) {
    const { results } = await post<{ results: TakenScan[] }>('/api/sterilization/scans', {
      station,
      sentAt: new Date().toISOString(),
      scans: batch.map(({ person, ticket, ...scan }) => ({
        ...scan,
        // Without a proof the hub is not told that the one who hands over made the scan of another.
        ...(person && person.id !== userId && { ticket: ticket ?? 'none' }),
      })),
    });
    const answered = new Set(results.map((result) => result.sequence));
    localStorage.setItem(
      key(station),
      JSON.stringify(queued(station).filter((scan) => !answered.has(scan.sequence))),
    );
    taken.push(...results);
    if (answered.size === 0) break;
  }
  return taken;
}
