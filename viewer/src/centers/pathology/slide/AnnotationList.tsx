import { App, Button, Input } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { errorText } from '../../../shell/states.tsx';
import type { Annotation } from '../types.ts';
import { areaOf, areaWords, lengthOf, lengthWords } from './scale.ts';
import type { OpenWindow } from './SlideWindow.tsx';
import { useAnnotations } from './useSlides.ts';
import { goTo, viewOf } from './viewActs.ts';

/** What an annotation measures, in words. */
export function measureWords(
  { kind, points, measure }: Pick<Annotation, 'kind' | 'points' | 'measure'>,
  scale: number | null,
): string {
  if (kind === 'length') return lengthWords(lengthOf(points), scale);
  if (kind === 'area') return areaWords(areaOf(points), scale);
  if (kind === 'mitosis') return `${measure.count ?? points.length - 1} / ${measure.areaMm2 ?? '?'} mm²`;
  const [first, second] = points;
  if (kind !== 'rectangle' || !first || !second) return '';
  return `${lengthWords(Math.abs(second.x - first.x), scale)} × ${lengthWords(Math.abs(second.y - first.y), scale)}`;
}

interface Props {
  window: OpenWindow;
  canWrite: boolean;
  chosen: string | null;
  onChoose: (id: string | null) => void;
}

/** Annotations of the slide in the active window: jump to, remove, mark the present view. */
export function AnnotationList({ window: open, canWrite, chosen, onChoose }: Props) {
  const { t } = useTranslation(['pathology', 'shell']);
  const { message } = App.useApp();
  const { items, add, remove } = useAnnotations(open.slide.id);
  const [name, setName] = useState('');
  const jump = (annotation: Annotation) => {
    const xs = annotation.points.map(({ x }) => x);
    const ys = annotation.points.map(({ y }) => y);
    const x = (Math.min(...xs) + Math.max(...xs)) / 2;
    const y = (Math.min(...ys) + Math.max(...ys)) / 2;
    const stated = Number(annotation.measure.viewWidth);
    const width = stated > 0 ? stated : Math.max(2000, 3 * (Math.max(...xs) - Math.min(...xs)));
    onChoose(annotation.id);
    goTo(open.viewer, { x, y, width });
  };
  const mark = () => {
    const { x, y, width } = viewOf(open.viewer);
    add.mutate(
      {
        kind: 'position',
        name: name.trim() || t('annotation.here'),
        points: [{ x, y }],
        measure: { viewWidth: Math.round(width) },
      },
      { onSuccess: () => setName(''), onError: (error) => void message.error(errorText(error, t)) },
    );
  };
  return (
    <section className="path-annotations" aria-label={t('annotation.title')}>
      <h3>{t('annotation.title')}</h3>
      {canWrite && (
        <div className="hub-row">
          <Input
            size="small"
            value={name}
            maxLength={100}
            placeholder={t('annotation.name')}
            aria-label={t('annotation.name')}
            onChange={(event) => setName(event.target.value)}
            onPressEnter={mark}
          />
          <Button size="small" onClick={mark}>
            {t('annotation.mark')}
          </Button>
        </div>
      )}
      {items.length === 0 && <p className="hub-quiet">{t('annotation.empty')}</p>}
      <ul>
        {items.map((annotation) => (
          <li key={annotation.id}>
            <Button
              type={chosen === annotation.id ? 'primary' : 'text'}
              size="small"
              onClick={() => jump(annotation)}
            >
              {annotation.name}
            </Button>
            <span className="hub-num">{measureWords(annotation, open.slide.micrometrePerPixel)}</span>
            <span className="hub-quiet"> {annotation.author}</span>
            {canWrite && (
              <Button
                type="text"
                size="small"
                aria-label={t('annotation.remove', { name: annotation.name })}
                onClick={() =>
                  remove.mutate(annotation.id, {
                    onError: (error) => void message.error(errorText(error, t)),
                  })
                }
              >
                ×
              </Button>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
