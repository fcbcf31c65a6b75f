import type { PrintArea, PrintSection } from '../../core/print/sections.ts';
import type { CurvePoint } from '../rules/a0.ts';

export interface CurveLimits {
  lowC: number | null;
  highC: number | null;
}

/** Temperature and pressure of a cycle over time, with the limits of the programme, as vector graphics. */
export function curveSection(curve: readonly CurvePoint[], limits: CurveLimits): PrintSection {
  return {
    type: 'vector',
    heightMm: 62,
    caption: '温度(实线,℃)与压力(虚线,kPa)曲线;横线为程序限值',
    draw: (pdf, area) => draw(pdf, area, curve, limits),
  };
}

function draw(
  pdf: PDFKit.PDFDocument,
  area: PrintArea,
  curve: readonly CurvePoint[],
  limits: CurveLimits,
): void {
  const box = { left: area.x + 30, top: area.y + 4, width: area.width - 64, height: area.height - 20 };
  const last = Math.max(1, curve.at(-1)?.s ?? 1);
  const topC = Math.max(limits.highC ?? 0, ...curve.map((point) => point.temperatureC)) * 1.08;
  const kpa = curve.flatMap((point) => (point.pressureKpa === undefined ? [] : [point.pressureKpa]));
  const topKpa = Math.max(1, ...kpa) * 1.08;
  const x = (s: number) => box.left + (s / last) * box.width;
  const yC = (value: number) => box.top + box.height - (Math.max(0, value) / topC) * box.height;
  const yKpa = (value: number) => box.top + box.height - (Math.max(0, value) / topKpa) * box.height;

  pdf.save().lineWidth(0.5).strokeColor('#999').rect(box.left, box.top, box.width, box.height).stroke();
  pdf.font('regular').fontSize(6.5).fillColor('#333');
  for (let step = 0; step <= 4; step += 1) {
    const value = (topC / 4) * step;
    pdf.text(value.toFixed(0), area.x, yC(value) - 4, { width: 26, align: 'right', lineBreak: false });
    if (kpa.length > 0)
      pdf.text(((topKpa / 4) * step).toFixed(0), box.left + box.width + 4, yC(value) - 4, {
        width: 28,
        lineBreak: false,
      });
  }
  for (let minutes = 0; minutes * 60 <= last; minutes += Math.max(5, Math.ceil(last / 60 / 8 / 5) * 5))
    pdf.text(`${minutes} min`, x(minutes * 60) - 12, box.top + box.height + 3, {
      width: 30,
      lineBreak: false,
    });
  for (const limit of [limits.lowC, limits.highC]) {
    if (limit === null) continue;
    pdf
      .lineWidth(0.6)
      .strokeColor('#b00')
      .dash(2, { space: 2 })
      .moveTo(box.left, yC(limit))
      .lineTo(box.left + box.width, yC(limit))
      .stroke()
      .undash();
  }
  line(
    pdf,
    curve.map((point) => [x(point.s), yC(point.temperatureC)]),
    '#1456a0',
    false,
  );
  line(
    pdf,
    curve.flatMap((point) =>
      point.pressureKpa === undefined ? [] : [[x(point.s), yKpa(point.pressureKpa)] as const],
    ),
    '#2b7a3d',
    true,
  );
  pdf.restore();
}

function line(
  pdf: PDFKit.PDFDocument,
  points: readonly (readonly [number, number])[],
  color: string,
  dashed: boolean,
): void {
  const [first, ...rest] = points;
  if (!first) return;
  pdf.lineWidth(0.9).strokeColor(color);
  if (dashed) pdf.dash(3, { space: 2 });
  pdf.moveTo(first[0], first[1]);
  for (const [px, py] of rest) pdf.lineTo(px, py);
  pdf.stroke().undash();
}
