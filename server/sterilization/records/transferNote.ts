import { sql } from 'kysely';
import type { Context } from '../../core/context.ts';
import { notFound } from '../../core/errors.ts';
import { renderPrintDocument } from '../../core/print/renderPrintDocument.ts';
import { chinaTime } from '../release/words.ts';

const TITLE: Record<string, string> = {
  sterile: '无菌物品发放交接单',
  dirty: '污染物品回收交接单',
  unused: '未使用物品退回交接单',
};

/** The slip of a transfer: what goes from where to where, with room for both signatures by hand. */
export async function transferNote(ctx: Pick<Context, 'db' | 'clock'>, number: string): Promise<Buffer> {
  const { rows } = await sql<{
    number: string;
    kind: string;
    from: string;
    to: string;
    departedAt: Date;
    vehicle: string;
    courier: string | null;
    route: string | null;
  }>`
    select f.number, f.kind, a.name as from, b.name as to, f.departed_at, f.vehicle, c.name as courier, r.name as route from cssd_transfer f
    join institution a on a.id = f.from_institution_id join institution b on b.id = f.to_institution_id left join staff c on c.id = f.courier_id left join cssd_route r on r.id = f.route_id
    where f.number = ${number}`.execute(ctx.db);
  const transfer = rows[0];
  if (!transfer) throw notFound('transfer', number);
  const { rows: packs } = await sql<{
    code: string;
    name: string;
    tray: string | null;
    load: string | null;
    expiresOn: string | null;
    infectious: string;
  }>`
    select p.code, t.name, tr.code as tray, l.number as load, p.expires_on::text as expires_on, p.infectious from cssd_transfer f join cssd_transfer_pack x on x.transfer_id = f.id join cssd_pack p on p.id = x.pack_id
    join cssd_set_type t on t.id = p.set_type_id left join cssd_tray tr on tr.id = p.tray_id left join cssd_load l on l.id = p.load_id where f.number = ${number} order by t.name, p.code`.execute(
    ctx.db,
  );
  const infectious = packs.some((pack) => pack.infectious !== 'none');
  return renderPrintDocument({
    title: TITLE[transfer.kind] ?? '交接单',
    issuer: transfer.kind === 'sterile' ? transfer.from : transfer.to,
    accessionNumber: transfer.number,
    strip: [
      { label: '单号', value: transfer.number, strong: true },
      { label: '发出', value: transfer.from },
      { label: '接收', value: transfer.to, strong: true },
      { label: '时间', value: chinaTime(transfer.departedAt) },
      { label: '线路', value: transfer.route ?? '' },
      { label: '配送员', value: transfer.courier ?? '' },
      { label: '车辆', value: transfer.vehicle },
      { label: '件数', value: String(packs.length), strong: true },
    ],
    ...(infectious && { notices: ['含特殊感染物品:双层密闭包装,单独运送,接收后先消毒处理。'] }),
    sections: [
      {
        type: 'table',
        columns: [
          { title: '序', width: 1 },
          { title: '包编码', width: 4 },
          { title: '名称', width: 4 },
          { title: '器械盒', width: 3 },
          { title: '锅次号', width: 4 },
          { title: '有效期至', width: 3 },
          { title: '签收', width: 2 },
        ],
        rows: packs.map((pack, index) => ({
          cells: [
            String(index + 1),
            pack.code,
            pack.name,
            pack.tray ?? '',
            pack.load ?? '',
            pack.expiresOn ?? '',
            '',
          ],
        })),
      },
    ],
    signers: [
      { role: '发出人', name: '' },
      { role: '配送员', name: '' },
      { role: '接收人', name: '' },
    ],
    createdAt: ctx.clock.now(),
  });
}
