import type OpenSeadragon from 'openseadragon';
import { goTo, viewOf } from './viewActs.ts';

type Viewer = OpenSeadragon.Viewer;

interface Member {
  viewer: Viewer;
  /** micrometres per pixel, so that slides of two scanners move by the same tissue */
  scale: number;
}

/** How a slide stood to the first one when they were tied: shift in micrometres, ratio of magnification, turn. */
interface Stand {
  dx: number;
  dy: number;
  zoom: number;
  turn: number;
}

function standOf(member: Member, first: Member): Stand {
  const base = viewOf(first.viewer);
  const own = viewOf(member.viewer);
  return {
    dx: own.x * member.scale - base.x * first.scale,
    dy: own.y * member.scale - base.y * first.scale,
    zoom: (own.width * member.scale) / (base.width * first.scale),
    turn: member.viewer.viewport.getRotation() - first.viewer.viewport.getRotation(),
  };
}

/**
 * Ties viewers together: the others follow the one that `leader` names, keeping how they stood to each other when they
 * were tied (a serial section is shifted and turned against its neighbour). Only the leader is listened to, as the
 * followers' own events come a frame later. Returns what unties them.
 */
export function tie(members: Member[], leader: () => Viewer | undefined): () => void {
  const [first] = members;
  if (!first) return () => undefined;
  const stands = new Map(members.map((member) => [member.viewer, standOf(member, first)]));
  const untie = members.map((lead) => {
    const follow = () => {
      const from = stands.get(lead.viewer);
      if (leader() !== lead.viewer || !from || !lead.viewer.isOpen()) return;
      const view = viewOf(lead.viewer);
      for (const member of members) {
        const to = stands.get(member.viewer);
        if (member === lead || !to || !member.viewer.isOpen()) continue;
        const x = (view.x * lead.scale - from.dx + to.dx) / member.scale;
        const y = (view.y * lead.scale - from.dy + to.dy) / member.scale;
        const width = (view.width * lead.scale * to.zoom) / from.zoom / member.scale;
        const turn = lead.viewer.viewport.getRotation() - from.turn + to.turn;
        if (member.viewer.viewport.getRotation() !== turn) member.viewer.viewport.setRotation(turn, true);
        goTo(member.viewer, { x, y, width }, true);
      }
    };
    lead.viewer.addHandler('viewport-change', follow);
    return () => lead.viewer.removeHandler('viewport-change', follow);
  });
  return () => untie.forEach((off) => off());
}
