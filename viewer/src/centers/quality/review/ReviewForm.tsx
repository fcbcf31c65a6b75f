import { Button, Checkbox, Input, Radio, Space } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { InputGradeFields, type InputGrade } from './InputGradeFields.tsx';
import type { Review, ReviewAct } from './review.ts';

const FAULTS = ['absent-organ', 'laterality', 'unit', 'template-left', 'patient-data', 'conclusion-disagrees']; // prettier-ignore

interface Props {
  review: Review;
  act: ReviewAct;
  busy: boolean;
  onSend: (path: string, body: unknown) => void;
}

/** Score of a blind reading, result of a conference, or decision on an appeal. */
export function ReviewForm({ review, act, busy, onSend }: Props) {
  const { t } = useTranslation('quality');
  const [score, setScore] = useState(review.score ?? 1);
  const [faults, setFaults] = useState<string[]>([]);
  const [input, setInput] = useState<InputGrade | null>(null);
  const [comment, setComment] = useState('');
  const [people, setPeople] = useState('');
  const [upheld, setUpheld] = useState(true);
  const participants = people
    .split(/[,,、\s]+/)
    .map((name) => name.trim())
    .filter(Boolean);
  const ready =
    (act === 'score' && (input === null || input.grade === 'A' || input.faults.length > 0)) ||
    (act === 'conference' && participants.length >= 2 && comment.trim() !== '') ||
    (act === 'appeal' && comment.trim() !== '');
  const send = () => {
    const compliant = faults.length === 0;
    if (act === 'score')
      onSend('', {
        score,
        compliance: { compliant, faults },
        ...(comment && { comment }),
        ...(input && { inputGrade: input }),
      });
    else if (act === 'conference')
      onSend('/conference', { participants, score, compliant, faults, conclusion: comment });
    else onSend('/appeal/decide', { upheld, ...(!upheld && { score }), reason: comment });
  };
  return (
    <Space orientation="vertical" style={{ width: '100%' }}>
      {act === 'appeal' && (
        <Radio.Group
          value={upheld}
          onChange={(event) => setUpheld(event.target.value as boolean)}
          options={[
            { value: true, label: t('review.upheld') },
            { value: false, label: t('review.changed') },
          ]}
        />
      )}
      {(act !== 'appeal' || !upheld) && (
        <Radio.Group
          value={score}
          onChange={(event) => setScore(event.target.value as number)}
          options={[1, 2, 3, 4].map((value) => ({ value, label: t(`grade.${value}`) }))}
        />
      )}
      {act !== 'appeal' && (
        <Checkbox.Group
          value={faults}
          onChange={(value) => setFaults(value)}
          options={FAULTS.map((value) => ({ value, label: t(`fault.${value}`) }))}
        />
      )}
      {act === 'score' && <InputGradeFields center={review.center} value={input} onChange={setInput} />}
      {act === 'conference' && (
        <Input
          value={people}
          aria-label={t('review.participants')}
          placeholder={t('review.participants')}
          onChange={(event) => setPeople(event.target.value)}
        />
      )}
      <Input.TextArea
        rows={4}
        value={comment}
        onChange={(event) => setComment(event.target.value)}
        aria-label={t('column.note')}
        placeholder={t('notePlaceholder')}
      />
      <Button type="primary" disabled={!ready} loading={busy} onClick={send}>
        {t(`review.send.${act}`)}
      </Button>
    </Space>
  );
}
