import { useQuery } from '@tanstack/react-query';
import { Button, Input, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { get, post } from '../../api/client.ts';
import type { Order } from '../../api/types.ts';
import { dateTime } from '../../shell/format.ts';
import { useSession } from '../../shell/session.tsx';
import { OpinionAnswer } from './OpinionAnswer.tsx';
import type { CaseFacts, Opinion } from './types.ts';
import { useAct } from './useAct.ts';

/** Second reader, colleagues and other hospitals: who was asked, what they said. Nothing said is changed. */
export function OpinionsPane({
  order,
  facts,
  reload,
}: {
  order: Order;
  facts: CaseFacts;
  reload: () => void;
}) {
  const { t } = useTranslation(['pathology', 'shell']);
  const { act, busy } = useAct(reload);
  const colleagues = useQuery({
    queryKey: ['pathology', 'colleagues'],
    queryFn: () =>
      get<{ items: { id: string; name: string; title: string | null }[] }>('/api/pathology/colleagues'),
  });
  const [kind, setKind] = useState('intradepartmental');
  const [staffId, setStaffId] = useState<string>();
  const [outside, setOutside] = useState('');
  const [question, setQuestion] = useState('');
  const { user } = useSession();
  const mayAnswer = ({ kind: asked, askedOfId, askedById }: Opinion) =>
    asked === 'outside' || (askedOfId ? askedOfId === user.id : askedById !== user.id);
  const asked = {
    kind,
    ...(kind === 'outside' ? { outside } : staffId && { staffId }),
    ...(question && { question }),
  };
  return (
    <div className="path-flow">
      <section className="path-form">
        <h3>{t('opinion.ask')}</h3>
        <div className="hub-row">
          <Select
            aria-label={t('flow.kind')}
            value={kind}
            style={{ width: 140 }}
            options={['second-reader', 'intradepartmental', 'outside'].map((value) => ({
              value,
              label: t(`opinionKind.${value}`),
            }))}
            onChange={setKind}
          />
          {kind === 'outside' ? (
            <Input
              value={outside}
              aria-label={t('opinion.outside')}
              placeholder={t('opinion.outside')}
              onChange={(event) => setOutside(event.target.value)}
            />
          ) : (
            <Select
              aria-label={t('opinion.whom')}
              placeholder={t('opinion.whom')}
              value={staffId ?? null}
              style={{ minWidth: 160 }}
              options={(colleagues.data?.items ?? []).map(({ id, name, title }) => ({
                value: id,
                label: `${name} ${title ?? ''}`,
              }))}
              onChange={setStaffId}
            />
          )}
        </div>
        <Input.TextArea
          value={question}
          aria-label={t('opinion.question')}
          placeholder={t('opinion.question')}
          autoSize
          onChange={(event) => setQuestion(event.target.value)}
        />
        <Button
          loading={busy}
          disabled={kind === 'outside' ? !outside : !staffId}
          onClick={() =>
            void act(() => post(`/api/pathology/cases/${order.id}/opinions`, asked), t('opinion.asked')).then(
              (stood) => stood && setQuestion(''),
            )
          }
        >
          {t('flow.confirm')}
        </Button>
      </section>
      {facts.opinions.length === 0 && <p className="hub-quiet">{t('opinion.empty')}</p>}
      {facts.opinions.map((each) => (
        <section key={each.id} className="hub-panel">
          <div>
            <strong>{t(`opinionKind.${each.kind}`)}</strong> {each.askedOf ?? each.outside}{' '}
            <span className="hub-quiet">
              {dateTime(each.askedAt)} · {each.askedBy}
            </span>
          </div>
          {each.question && <p>{each.question}</p>}
          {each.givenAt ? (
            <p className="hub-prewrap">
              {t(each.agrees ? 'opinion.agrees' : 'opinion.differs')}：{each.opinion}{' '}
              <span className="hub-quiet">
                {each.outsideExpert
                  ? t('opinion.recordedFor', { expert: each.outsideExpert, by: each.givenBy })
                  : each.givenBy}{' '}
                {dateTime(each.givenAt)}
              </span>
              {each.diagnosis && (
                <span className="hub-quiet">
                  {'\n'}
                  {t('opinion.judged')}：{each.diagnosis}
                </span>
              )}
            </p>
          ) : mayAnswer(each) ? (
            <OpinionAnswer opinion={each} reload={reload} />
          ) : (
            <p className="hub-quiet">{t('opinion.waiting')}</p>
          )}
        </section>
      ))}
    </div>
  );
}
