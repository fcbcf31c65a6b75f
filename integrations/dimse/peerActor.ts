import type { Actor } from '../../server/core/access/actor.ts';
import { machineActor } from '../../server/core/access/actor.ts';
import type { Peer } from './services.ts';

/** An admitted device as actor: it brings images and asks about those of its institution. The association is the request. */
export function peerActor(peer: Peer): Actor {
  return {
    ...machineActor(
      peer.callingAe,
      peer.deviceId,
      peer.institutionId,
      ['input.upload', 'input.read'],
      peer.address,
    ),
    requestId: peer.associationId,
  };
}
