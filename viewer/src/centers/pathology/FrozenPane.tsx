import { Alert, Button, Input, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { post } from '../../api/client.ts';
import type { Order } from '../../api/types.ts';
import { dateTime, remaining } from '../../shell/format.ts';
import { useNow } from '../../shell/useNow.ts';
import type { CaseFacts } from './types.ts';
import { useAct } from './useAct.ts';

/** The frozen section: its clock since arrival, the call with read-back, the later comparison with paraffin. */
export function FrozenPane({ order, facts, reload }: { order: Order; facts: CaseFacts; reload: () => void }) {
  const { t } = useTranslation(['pathology', 'shell']);
  const now = useNow();
  const { act, busy } = useAct(reload);
  const [diagnosis, setDiagnosis] = useState('');
  const [to, setTo] = useState('');
  const [readBack, setReadBack] = useState('');
  const [again, setAgain] = useState(false);
  const [agreement, setAgreement] = useState('agree');
  const [note, setNote] = useState('');
  const { frozen } = facts;
  if (!frozen) return null;
  const due =
    frozen.arrivedAt && frozen.ruleMinutes
      ? new Date(Date.parse(frozen.arrivedAt) + frozen.ruleMinutes * 60_000).toISOString()
      : null;
  const atCenter = order.atCenter === true;
  return (
    <div className="path-flow">
      <section>
        {(frozen.appointmentAt ?? frozen.theatre) && (
          <p>
            {t('order.appointment')} {frozen.appointmentAt && dateTime(frozen.appointmentAt)} {frozen.theatre}
          </p>
        )}
        <p>
          {frozen.arrivedAt
            ? t('frozen.arrived', { at: dateTime(frozen.arrivedAt), minutes: frozen.ruleMinutes })
            : t('frozen.notArrived')}{' '}
          {due && !frozen.phonedAt && <strong>{remaining(due, now, t)}</strong>}
        </p>
        {frozen.ruleMinutes === 45 && <p className="hub-quiet">{t('frozen.rule45')}</p>}
      </section>
      {facts.frozenCalls.map((call, n) => (
        <Alert
          key={call.id}
          type={n === facts.frozenCalls.length - 1 ? 'success' : 'info'}
          showIcon
          title={t('frozen.phoned', { at: dateTime(call.at), to: call.toldTo })}
          description={`${call.diagnosis} · ${t('frozen.readBack')}：${call.readBack} · ${call.by ?? ''}`}
        />
      ))}
      {atCenter && frozen.phonedAt && !again && (
        <Button onClick={() => setAgain(true)}>{t('frozen.again')}</Button>
      )}
      {atCenter && frozen.arrivedAt && (!frozen.phonedAt || again) && (
        <section className="path-form">
          <h3>{t('frozen.phone')}</h3>
          <Input.TextArea
            value={diagnosis}
            aria-label={t('frozen.diagnosis')}
            placeholder={t('frozen.diagnosis')}
            autoSize={{ minRows: 2 }}
            onChange={(event) => setDiagnosis(event.target.value)}
          />
          <Input
            value={to}
            aria-label={t('frozen.to')}
            placeholder={t('frozen.to')}
            onChange={(event) => setTo(event.target.value)}
          />
          <Input
            value={readBack}
            aria-label={t('frozen.readBack')}
            placeholder={t('frozen.readBack')}
            onChange={(event) => setReadBack(event.target.value)}
          />
          <Button
            type="primary"
            loading={busy}
            disabled={!diagnosis || !to || !readBack}
            onClick={() =>
              void act(
                () => post(`/api/pathology/cases/${order.id}/frozen/phone`, { diagnosis, to, readBack }),
                t('frozen.recorded'),
              ).then((stood) => stood && setAgain(false))
            }
          >
            {t('frozen.record')}
          </Button>
        </section>
      )}
      {atCenter && frozen.arrivedAt && (
        <section className="path-form">
          <h3>{t('frozen.compare')}</h3>
          <table>
            <tbody>
              <tr>
                <th scope="row">{t('frozen.frozenSays')}</th>
                <td>{frozen.diagnosis ?? t('frozen.notPhoned')}</td>
              </tr>
              <tr>
                <th scope="row">
                  {t('frozen.paraffinSays')}{' '}
                  {frozen.paraffinOrderId && (
                    <Link to={`/orders/${frozen.paraffinOrderId}`}>
                      {frozen.paraffinNumber ?? frozen.paraffinAccession}
                    </Link>
                  )}
                </th>
                <td>
                  {frozen.paraffinDiagnosis ??
                    (frozen.paraffinStatus
                      ? t(`shell:status.${frozen.paraffinStatus}`)
                      : t('frozen.noParaffin'))}
                </td>
              </tr>
            </tbody>
          </table>
          {frozen.agreement === 'major' && <p className="hub-tone-breach">{t('frozen.majorHint')}</p>}
          {frozen.agreement && (
            <p>
              <strong>{t(`agreement.${frozen.agreement}`)}</strong> {frozen.agreementNote}{' '}
              <span className="hub-quiet">{frozen.comparedByName}</span>
            </p>
          )}
          <div className="hub-row">
            <Select
              aria-label={t('frozen.compare')}
              value={agreement}
              style={{ width: 150 }}
              options={['agree', 'minor', 'major', 'deferred'].map((value) => ({
                value,
                label: t(`agreement.${value}`),
              }))}
              onChange={setAgreement}
            />
            <Input
              value={note}
              aria-label={t('flow.note')}
              placeholder={t('flow.note')}
              onChange={(event) => setNote(event.target.value)}
            />
            <Button
              loading={busy}
              disabled={agreement !== 'agree' && !note.trim()}
              onClick={() =>
                void act(() =>
                  post(`/api/pathology/cases/${order.id}/frozen/comparison`, {
                    agreement,
                    ...(note && { note }),
                  }),
                )
              }
            >
              {t('flow.confirm')}
            </Button>
          </div>
        </section>
      )}
    </div>
  );
}
