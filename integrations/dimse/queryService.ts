import type { Actor } from '../../server/core/access/actor.ts';
import type { Context } from '../../server/core/context.ts';
import { findWorklistEntries } from '../../server/imaging/modality/worklistEntries.ts';
import {
  openDataSet,
  recodedDataSet,
  retrieveMatches,
} from '../../server/imaging/modality/retrieveMatches.ts';
import type { QueryLevel } from '../../server/imaging/query/findImages.ts';
import { findImages } from '../../server/imaging/query/findImages.ts';
import { recordAudit } from '../../server/core/audit/recordAudit.ts';
import type { DataSet, ElementList } from '../../server/standards/dicom/index.ts';
import { DicomError, tags } from '../../server/standards/dicom/index.ts';
import { peerActor } from './peerActor.ts';
import { returnKeys } from './returnKeys.ts';
import type { DimseServices, FindRequest, Peer } from './services.ts';

const levels: Readonly<Record<string, QueryLevel>> = {
  PATIENT: 'study',
  STUDY: 'study',
  SERIES: 'series',
  IMAGE: 'instance',
};
const mostMatches = 5_000;
const unique: Readonly<Record<string, number>> = {
  PATIENT: tags.patientId,
  STUDY: tags.studyInstanceUid,
  SERIES: tags.seriesInstanceUid,
  IMAGE: tags.sopInstanceUid,
};

/** C-FIND of worklist and images, C-MOVE and C-GET: a device sees what concerns its own institution. */
export function queryService(
  ctx: Context,
): Required<Pick<DimseServices, 'find' | 'retrieve' | 'moveDestination'>> {
  return {
    async *find(peer, request) {
      const actor = peerActor(peer);
      if (request.model !== 'worklist') {
        yield* findStudies(ctx, actor, request);
        return;
      }
      for (const entry of await findWorklistEntries(ctx, actor, peer.institutionId, request.identifier))
        yield returnKeys(request.identifier, entry);
    },
    async retrieve(peer, request) {
      const key = unique[request.level];
      if (key === undefined || !request.identifier.hasValue(key))
        throw new DicomError('malformed', 'retrieving needs a level and its unique key');
      const query = { level: levelOf(request), keys: keysOf(request.identifier) };
      const instances = await retrieveMatches(ctx, peerActor(peer), query);
      return instances.map((instance) => {
        const recoded = recodedDataSet(ctx, instance);
        return { ...instance, open: () => openDataSet(ctx, instance), ...(recoded && { recoded }) };
      });
    },
    moveDestination: (peer, aeTitle) => findDestination(ctx, peer, aeTitle),
  };
}

function levelOf({ level, model }: FindRequest): QueryLevel {
  const known = levels[level];
  if (known === undefined || (level === 'PATIENT' && model !== 'patient-root'))
    throw new DicomError('malformed', `there is no query level ${level.slice(0, 16) || 'given'}`);
  return known;
}

/** Every attribute with a value, as DICOM writes it. */
function keysOf(identifier: DataSet): Map<number, string> {
  const keys = new Map<number, string>();
  for (const { tag, vr } of identifier.elements()) {
    if (vr === 'SQ' || tag === tags.specificCharacterSet || tag === tags.queryRetrieveLevel) continue;
    const value = identifier.strings(tag).join('\\');
    if (value !== '') keys.set(tag, value);
  }
  return keys;
}

async function* findStudies(ctx: Context, actor: Actor, request: FindRequest): AsyncGenerator<ElementList> {
  const { identifier, level } = request;
  const keys = keysOf(identifier);
  const matches = await findImages(ctx, actor, { level: levelOf(request), keys, limit: mostMatches });
  await recordAudit(ctx.db, actor, { action: 'study.query', detail: { level, rows: matches.length } });
  const patients = new Set<string>();
  for (const { elements } of matches) {
    if (level === 'PATIENT') {
      const patient = JSON.stringify(
        elements.filter(([tag]) => tag === tags.patientId || tag === tags.patientName),
      );
      if (patients.has(patient)) continue;
      patients.add(patient);
    }
    yield returnKeys(identifier, [
      ...elements,
      [tags.queryRetrieveLevel, level],
      [tags.retrieveAeTitle, ctx.config.aeTitle],
    ]);
  }
}

/** An admitted device at the asking device's institution, with an address and the port on which it listens. */
async function findDestination(ctx: Context, peer: Peer, aeTitle: string) {
  const device = await ctx.db
    .selectFrom('device')
    .select(['address', 'dicomPort'])
    .where('kind', '=', 'dicom')
    .where('state', '=', 'admitted')
    .where('aeTitle', '=', aeTitle)
    .where('institutionId', '=', peer.institutionId)
    .where('address', 'is not', null)
    .where('dicomPort', 'is not', null)
    .executeTakeFirst();
  if (device?.address == null || device.dicomPort === null) {
    ctx.log.warn({ caller: peer.callingAe, destination: aeTitle }, 'no such C-MOVE destination at the institution of the caller, or its address or port is not entered'); // prettier-ignore
    return undefined;
  }
  return { host: device.address, port: device.dicomPort, aeTitle };
}
