import type { Order } from '../../api/types.ts';

export interface SlideImage {
  id: string;
  pathologySlideId: string | null;
  stain: string | null;
  state: 'uploading' | 'ready' | 'refused' | 'abandoned';
  width: number | null;
  height: number | null;
  micrometrePerPixel: number | null;
  objectivePower: number | null;
  synthetic: boolean;
  createdAt: string;
  refusedReason?: string | null;
  refusedDetail?: string | null;
}
export interface GlassSlide {
  id: string;
  specimenId: string;
  blockId: string | null;
  label: string;
  barcode: string;
  stain: string;
  state: string;
  quality: string | null;
  qualityNote: string | null;
  place: string | null;
  holder: string | null;
}
export interface Specimen {
  id: string;
  letter: string;
  site: string;
  laterality: string;
  procedure: string | null;
  fixative: string | null;
  removedAt: string | null;
  fixationStartedAt: string | null;
  coldIschaemiaMinutes: number | null;
  note: string | null;
}
export interface Block {
  id: string;
  specimenId: string;
  label: string;
  barcode: string;
  tissue: string | null;
  pieces: number | null;
  decalcified: boolean;
  state: string;
  place: string | null;
  holder: string | null;
}
export interface Container {
  id: string;
  specimenId: string;
  barcode: string;
  state: string;
  place: string | null;
  holder: string | null;
}
export interface StainOrder {
  id: string;
  kind: string;
  stain: string;
  state: string;
  block: string | null;
  orderedAt: string;
  dueAt: string | null;
  orderedBy: string | null;
  /** what was read, once it was */
  result: StainResult | null;
  readBy: string | null;
  doneAt: string | null;
}
export interface StainResult {
  result: string;
  percent?: number;
  intensity?: string;
}
export interface Frozen {
  appointmentAt: string | null;
  theatre: string | null;
  arrivedAt: string | null;
  ruleMinutes: number | null;
  diagnosis: string | null;
  phonedAt: string | null;
  phonedTo: string | null;
  readBack: string | null;
  agreement: string | null;
  agreementNote: string | null;
  comparedByName: string | null;
  paraffinOrderId: string | null;
  paraffinNumber: string | null;
  paraffinAccession: string | null;
  paraffinStatus: string | null;
  paraffinDiagnosis: string | null;
}
export interface Opinion {
  id: string;
  kind: string;
  question: string | null;
  outside: string | null;
  opinion: string | null;
  agrees: boolean | null;
  askedAt: string;
  givenAt: string | null;
  askedBy: string | null;
  askedOf: string | null;
  givenBy: string | null;
  askedOfId: string | null;
  askedById: string | null;
  outsideExpert: string | null;
  /** what the draft said when the opinion was given */
  diagnosis: string | null;
}
/** `order.input` of a pathology case. */
export interface CaseFacts {
  kind: 'histology' | 'frozen' | 'cytology' | 'consultation';
  pathologyNumber: string | null;
  conditional: boolean;
  clinical: Record<string, string>;
  grossDescription: string | null;
  stage: string;
  specimens: Specimen[];
  containers: Container[];
  receptions: { outcome: string; reasons: string[]; note: string | null; at: string; by: string | null }[];
  blocks: Block[];
  glass: GlassSlide[];
  images: SlideImage[];
  stains: StainOrder[];
  photos: { id: string; caption: string | null; at: string; specimenId: string | null }[];
  frozen: Frozen | null;
  opinions: Opinion[];
  snapshots: { id: string; slideImageId: string; caption: string | null; at: string }[];
  grossVersions: { id: string; description: string; at: string; by: string | null }[];
  frozenCalls: {
    id: string;
    diagnosis: string;
    toldTo: string;
    readBack: string;
    at: string;
    by: string | null;
  }[];
  /** the first slides, with what opening them takes */
  firstSlides: SlideDescription[];
}

/** What the pathology centre adds to an order; undefined for an order that has no case. */
export function factsOf(order: Order): CaseFacts | undefined {
  const input = order.input as Partial<CaseFacts> | undefined;
  return input?.specimens ? (input as CaseFacts) : undefined;
}

/** `GET /api/pathology/slides/:id`. */
export interface SlideDescription {
  id: string;
  state: string;
  orderId: string | null;
  width: number;
  height: number;
  micrometrePerPixel: number | null;
  objectivePower: number | null;
  stain: string | null;
  scannedAt: string | null;
  synthetic: boolean;
  teaching: boolean;
  levels: { width: number; height: number; tileWidth: number; tileHeight: number; downsample: number }[];
  associated: string[];
  colorProfile: boolean;
  focalPlanes: number;
  focalStepMicrometre: number | null;
  proposedOrderId: string | null;
}

export interface Point {
  x: number;
  y: number;
}
export type AnnotationKind = 'length' | 'area' | 'rectangle' | 'point' | 'mitosis' | 'position';
export interface Annotation {
  id: string;
  kind: AnnotationKind;
  name: string;
  points: Point[];
  measure: Record<string, number | string>;
  authorId: string;
  author: string;
  createdAt: string;
}
