import i18next from 'i18next';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import images from '../../../viewer/src/locales/zh-CN/images.json' with { type: 'json' };
import type { DataSet } from '../../../viewer/src/panes/study/dicomJson.ts';
import { displaySetsOf } from '../../../viewer/src/panes/study/displaySets.ts';
import { element, slice } from '../panes/dataSets.ts';
import { core, currentSpacing, drawn, eraseAll, regionLines, registerMetadata, restoreMeasurements, toolGroup, tools } from './cornerstone.ts'; // prettier-ignore

let made = 0;
/** The id of an image of its own with these elements, told to Cornerstone. */
function told(more: DataSet, without: readonly string[] = []): string {
  const whole = slice(0, { '00080018': element('UI', `1.2.3.9.${(made += 1)}`), ...more });
  const kept = Object.fromEntries(Object.entries(whole).filter(([tag]) => !without.includes(tag)));
  const [set] = displaySetsOf([kept]);
  if (!set) throw new Error('no display set');
  registerMetadata(set);
  return set.imageIds[0] ?? '';
}
const module = (name: string, imageId: string) => core.metaData.get(name, imageId) as Record<string, unknown>;
const pixelSpacing = '00280030';
const place = ['00200032', '00200037'];

describe('what Cornerstone is told of an image', () => {
  test('a projection that knows only its detector measures there', () => {
    const imageId = told({ '00080060': element('CS', 'DX'), '00181164': element('DS', 0.14, 0.1) }, [
      pixelSpacing,
    ]);
    expect(module('imagePlaneModule', imageId)).toMatchObject({
      rowPixelSpacing: 0.14,
      columnPixelSpacing: 0.1,
    });
    expect(currentSpacing(imageId)?.source).toBe('detector');
  });

  test('a picture without a place in the patient is believed its spacing all the same', () => {
    const imageId = told({}, place);
    expect(module('imagePlaneModule', imageId)).toMatchObject({
      imagePositionPatient: [0, 0, 0],
      rowCosines: [1, 0, 0],
      columnCosines: [0, 1, 0],
      rowPixelSpacing: 0.5,
    });
  });

  test('an ultrasound picture is measured by its regions and gets no spacing', () => {
    const region = {
      '00186024': element('US', 3),
      '0018602C': element('FD', 0.02),
      '0018602E': element('FD', 0.03),
    };
    const us = { '00080060': element('CS', 'US'), '00186011': element('SQ', region) };
    const imageId = told(us, [pixelSpacing]);
    expect(currentSpacing(imageId)).toEqual({ mm: [0.3, 0.2], source: 'region' });
    expect(module('imagePlaneModule', imageId)['usingDefaultValues']).toBe(true);
  });

  test('an image without a modality is of another one, not of none', () => {
    expect(module('generalSeriesModule', told({}, ['00080060']))['modality']).toBe('OT');
  });

  test('a series that has grown is told again under the same ids', () => {
    const imageId = told({});
    const uid = imageId.split('/').at(-3) ?? '';
    expect(module('imagePlaneModule', imageId)['rowPixelSpacing']).toBe(0.5);
    const [grown] = displaySetsOf([
      slice(0, { '00080018': element('UI', uid), [pixelSpacing]: element('DS', 2, 2) }),
      slice(5),
    ]);
    if (grown) registerMetadata(grown);
    expect(currentSpacing(imageId)?.mm).toEqual([2, 2]);
  });
});

describe('what stands beside a region', () => {
  beforeAll(async () => {
    await i18next.init({ lng: 'zh-CN', ns: ['images'], resources: { 'zh-CN': { images } } });
  });
  const beside = (stats: Record<string, unknown>) => regionLines({ cachedStats: { 'imageId:a': stats } });

  test('its numbers with their units, as fine as their size asks for', () => {
    expect(
      beside({ area: 1234.5, areaUnit: 'mm²', mean: 40.25, stdDev: 9.876, min: -3, max: 88, modalityUnit: 'HU', perimeter: 61.04, unit: 'mm' }),
    ).toEqual(['面积 1235 mm²', '均值 40.3 HU', '最大 88.0 HU', '最小 -3.00 HU', '标准差 9.88 HU', '周长 61.0 mm']); // prettier-ignore
  });
  test('values of a picture without a unit stand bare, and what was not measured does not stand', () => {
    expect(beside({ area: 3, areaUnit: 'px²', mean: NaN, max: 255, modalityUnit: 'raw' })).toEqual([
      '面积 3.00 px²',
      '最大 255',
    ]);
    expect([regionLines({}), beside({})]).toEqual([[], []]);
  });
  test('a region that the picture cuts aslant says so', () => {
    expect(beside({ isEmptyArea: true, area: 0 })).toEqual([i18next.t('images:region.oblique')]);
  });
});

describe('what is drawn beyond the edge of the picture', () => {
  afterEach(eraseAll);
  const change = (changeType?: string) => {
    const [annotation] = drawn();
    core.triggerEvent(core.eventTarget, tools.Enums.Events.ANNOTATION_MODIFIED as never, {
      annotation,
      changeType,
    });
    return annotation;
  };
  const line = (imageId: string, pixels: number[][]) =>
    restoreMeasurements(
      [{ uid: 'x', tool: 'Length', imageId, frameOfReferenceUid: '', points: [], pixels }],
      [imageId],
    );

  test('ends at the edge and is measured again', () => {
    toolGroup.readingTools();
    const imageId = told({ [pixelSpacing]: element('DS', 1, 1) });
    line(imageId, [[2, 2], [9, 2]]); // prettier-ignore
    Object.assign(drawn()[0] ?? {}, { invalidated: false });
    const held = change();
    expect(held?.invalidated).toBe(true);
    const [from, to] = held?.data.handles.points ?? [];
    expect(from).toEqual([1.5, 1.5, 0]);
    expect(to?.[0]).toBeCloseTo(5.49); // six columns of 1 mm, the first with its middle at 0
  });

  test('what lies inside, and news of its values alone, change nothing', () => {
    const imageId = told({});
    line(imageId, [[2, 2], [3, 2]]); // prettier-ignore
    Object.assign(drawn()[0] ?? {}, { invalidated: false });
    expect(change()?.invalidated).toBe(false);
    eraseAll();
    line(imageId, [[2, 2], [9, 2]]); // prettier-ignore
    Object.assign(drawn()[0] ?? {}, { invalidated: false });
    expect(change(tools.Enums.ChangeTypes.StatsUpdated)?.invalidated).toBe(false);
  });
});

describe('the tools of the left button', () => {
  const { MouseBindings, KeyboardBindings } = tools.Enums;
  const { toolNames, chooseTool } = toolGroup;
  const bindingsOf = (key: string) =>
    toolGroup.readingTools().toolOptions[toolNames[key] ?? '']?.bindings.map((each) => ({ ...each })) ?? [];

  test('one tool has the button; wheel, middle and right button keep theirs', () => {
    for (const key of ['length', 'pan', 'scroll', 'window']) {
      chooseTool(key);
      expect(toolGroup.activeTool()).toBe(key);
      const withButton = Object.keys(toolNames).filter((each) =>
        bindingsOf(each).some(
          (binding) =>
            binding['mouseButton'] === MouseBindings.Primary && binding['modifierKey'] === undefined,
        ),
      );
      expect(withButton).toEqual([key]);
      expect(bindingsOf('scroll')).toContainEqual(
        expect.objectContaining({ mouseButton: MouseBindings.Wheel }),
      );
      expect(bindingsOf('pan')).toContainEqual(
        expect.objectContaining({ mouseButton: MouseBindings.Auxiliary }),
      );
      expect(bindingsOf('zoom')).toContainEqual(
        expect.objectContaining({ mouseButton: MouseBindings.Secondary }),
      );
      expect(bindingsOf('zoom')).toContainEqual(expect.objectContaining({ numTouchPoints: 2 }));
      expect(bindingsOf('pan')).toContainEqual(
        expect.objectContaining({ mouseButton: MouseBindings.Primary, modifierKey: KeyboardBindings.Shift }),
      );
    }
  });

  test('reference lines come from the active viewport and go again', () => {
    const name = tools.ReferenceLinesTool.toolName;
    const mode = () => toolGroup.readingTools().toolOptions[name]?.mode;
    toolGroup.showReferenceLines(true, 'reading-1');
    expect(mode()).toBe('Enabled');
    toolGroup.showReferenceLines(false, 'reading-1');
    expect(mode()).toBe('Disabled');
  });
});
