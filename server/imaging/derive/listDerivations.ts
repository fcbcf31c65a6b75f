import { sql } from 'kysely';
import type { Queryable } from '../../core/database.ts';

/** One series whose previews and HTJ2K rendition are not made yet. */
export interface Derivation {
  id: string;
  state: 'waiting' | 'failed';
  accessionNumber: string | null;
  institutionName: string | null;
  modality: string | null;
  description: string | null;
  images: number;
  attempts: number;
  lastError: string | null;
  since: Date;
  nextAt: Date;
  /** Somebody works on it now. */
  running: boolean;
}

const MOST = 200;

/** Series that wait for their derived data or have none for good, failures first, the oldest before others. */
export async function listDerivations(db: Queryable): Promise<{ items: Derivation[] }> {
  const { rows } = await sql<Derivation>`
    select j.id::text as id, j.state, st.accession_number, i.name as institution_name, se.modality, se.series_description as description,
      (select count(*)::int from instance n where n.series_id = se.id and n.superseded_at is null) as images,
      j.attempts, j.last_error, j.created_at as since, j.run_at as next_at, coalesce(j.locked_until > now(), false) as running
    from job j left join series se on se.id = (j.payload->>'seriesId')::bigint left join study st on st.id = se.study_id
      left join institution i on i.id = st.institution_id
    where j.kind = 'imaging.derive' order by j.state = 'waiting', j.created_at, j.id limit ${MOST}`.execute(
    db,
  );
  return { items: rows };
}
