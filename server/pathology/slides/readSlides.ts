import { sql, type RawBuilder, type SqlBool } from 'kysely';
import type { Queryable } from '../../core/database.ts';

/** What the viewer needs to open a slide. */
export interface SlideFacts {
  id: string;
  state: string;
  orderId: string | null;
  fileName: string;
  format: string | null;
  vendor: string | null;
  width: number | null;
  height: number | null;
  micrometrePerPixel: number | null;
  objectivePower: number | null;
  stain: string | null;
  scannedAt: string | null;
  synthetic: boolean;
  teaching: boolean;
  levels: { width: number; height: number; tileWidth: number; tileHeight: number; downsample: number }[];
  associated: string[];
  /** the scanner says what its colours mean: tiles can be asked for in sRGB */
  colorProfile: boolean;
  /** from the glass upwards; the middle one is shown first */
  focalPlanes: number;
  focalStepMicrometre: number | null;
}

interface SlideRow extends SlideFacts {
  barcode: string | null;
  refusedReason: string | null;
  refusedDetail: string | null;
}

/** Slides with their levels in one statement, oldest first, however large they are. `where` is on `slide_image` s. */
export async function readSlides(
  db: Queryable,
  where: RawBuilder<SqlBool>,
  limit: number,
): Promise<SlideRow[]> {
  const { rows } = await sql<SlideRow>`
    select s.id, s.state, s.order_id, s.file_name, s.format, s.vendor, s.width, s.height, s.micrometre_per_pixel, s.objective_power,
      s.stain, s.scanned_at, s.synthetic, s.teaching, s.focal_planes, s.focal_step_micrometre, s.barcode, s.refused_reason, s.refused_detail,
      coalesce((select json_agg(json_build_object('width', l.width, 'height', l.height, 'tileWidth', l.tile_width, 'tileHeight', l.tile_height,
        'downsample', l.downsample) order by l.level) from slide_image_level l where l.slide_image_id = s.id), '[]') as levels,
      array(select a.kind from slide_image_associated a where a.slide_image_id = s.id) as associated,
      exists (select from slide_image_profile p where p.slide_image_id = s.id) as color_profile
    from slide_image s where ${where} order by s.created_at limit ${limit}`.execute(db);
  return rows;
}
