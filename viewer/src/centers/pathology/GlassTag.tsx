import { Dropdown, Tag } from 'antd';
import { useTranslation } from 'react-i18next';
import { post } from '../../api/client.ts';
import type { GlassSlide } from './types.ts';

const grades = ['excellent', 'good', 'acceptable', 'poor'] as const;
const colors: Record<string, string> = {
  excellent: 'success',
  good: 'success',
  acceptable: 'default',
  poor: 'error',
};
const faults = ['fold', 'knife', 'thick', 'pale', 'bubble', 'detached', 'small'] as const;

interface Props {
  slide: GlassSlide;
  canGrade: boolean;
  act: (work: () => Promise<unknown>, said?: string) => Promise<boolean>;
}

/** One glass slide: label, stain, state and its technical grade, which the reader gives with a click. */
export function GlassTag({ slide, canGrade, act }: Props) {
  const { t } = useTranslation('pathology');
  const grade = (quality: string, note?: string) =>
    void act(
      () => post(`/api/pathology/glass/${slide.id}/grade`, { quality, ...(note && { note }) }),
      t('grade.saved', { label: slide.label, grade: t(`grade.${quality}`) }),
    );
  const words = `${slide.label} ${slide.stain} ${t(`slideState.${slide.state}`)}`;
  const graded = slide.quality && (
    <span>
      {' '}
      · {t(`grade.${slide.quality}`)} {slide.qualityNote}
    </span>
  );
  if (!canGrade || slide.state === 'cut')
    return (
      <Tag {...(slide.quality && { color: colors[slide.quality] ?? 'default' })}>
        {words}
        {graded}
      </Tag>
    );
  return (
    <Dropdown
      trigger={['click']}
      menu={{
        items: [
          ...grades.slice(0, 3).map((key) => ({ key, label: t(`grade.${key}`) })),
          {
            key: 'poor',
            label: t('grade.poor'),
            children: faults.map((fault) => ({ key: `poor/${fault}`, label: t(`grade.fault.${fault}`) })),
          },
        ],
        onClick: ({ key }) => {
          const [quality = '', fault] = key.split('/');
          grade(quality, fault && t(`grade.fault.${fault}`));
        },
      }}
    >
      <Tag
        role="button"
        tabIndex={0}
        className="path-glass"
        title={t('grade.give')}
        {...(slide.quality && { color: colors[slide.quality] ?? 'default' })}
      >
        {words}
        {graded}
      </Tag>
    </Dropdown>
  );
}
