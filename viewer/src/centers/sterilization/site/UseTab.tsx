import { Alert, Button, Form, Input, Segmented } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { get } from '../../../api/client.ts';
import { useSession } from '../../../shell/session.tsx';
import { PatientFields, patientOf, type PatientValues } from '../PatientFields.tsx';
import { problemText } from '../problemText.ts';
import { PackCard } from '../stations/PackCard.tsx';
import { ScanField } from '../stations/ScanField.tsx';
import { ScanLog } from '../stations/ScanLog.tsx';
import { useStation } from '../stations/useStation.ts';
import type { PackDetail } from '../types.ts';

interface Values extends PatientValues {
  procedureName?: string;
}

/** Use at the patient: scan the pack, read the inner indicator, tie it to the patient and the visit. */
export function UseTab() {
  const { t } = useTranslation(['sterilization', 'shell']);
  const session = useSession();
  const station = useStation(`${session.institution.code} use`);
  const [pack, setPack] = useState<PackDetail | null>(null);
  const [inner, setInner] = useState<'pass' | 'fail' | null>(null);
  const [form] = Form.useForm<Values>();
  const open = async (code: string) => {
    try {
      const found = await get<PackDetail>(`/api/sterilization/packs/${encodeURIComponent(code)}`);
      if (found.state !== 'received' || found.expiry === 'expired') {
        station.say(
          found.code,
          'wrong',
          found.expiry === 'expired'
            ? t('problem.expired', { expiresOn: found.expiresOn })
            : t('site.cannotUse', { state: t(`state.${found.state}`) }),
        );
        return;
      }
      station.say(found.code, 'ok', found.setName);
      setPack(found);
      setInner(null);
    } catch (error) {
      station.say(code, 'wrong', problemText(error, t, false));
    }
  };
  const use = async (values?: Values) => {
    if (!pack) return;
    const body = values
      ? {
          code: pack.code,
          innerIndicator: 'pass',
          visit: values.visit ?? '',
          procedureName: values.procedureName ?? '',
          patient: patientOf(values),
        }
      : { code: pack.code, innerIndicator: 'fail' };
    const answer = await station.act<{ earlyRelease: boolean }>(
      'use',
      body,
      pack.code,
      values ? t('site.used', { name: values.name }) : t('site.innerFailed'),
    );
    if (answer) {
      setPack(null); // the patient stays filled in: an operation opens several packs
      if (answer.earlyRelease) station.say(pack.code, 'queued', t('site.earlyRelease'));
    }
  };
  return (
    <div className="cssd-two">
      <div className="cssd-stack">
        <ScanField label={t('site.scanUse')} onCode={(code) => void open(code)} disabled={station.busy} />
        {pack && <PackCard pack={pack} />}
        {pack && (
          <section className="cssd-card">
            <div className="cssd-fields">
              <label>
                <span>{t('site.inner')}</span>
                <Segmented
                  size="large"
                  value={inner ?? ''}
                  onChange={(value) => setInner(value as 'pass' | 'fail')}
                  options={(['pass', 'fail'] as const).map((value) => ({
                    value,
                    label: t(`outcome.${value}`),
                  }))}
                />
              </label>
            </div>
            {inner === 'fail' && (
              <Alert
                type="error"
                showIcon
                title={t('site.innerFailHint')}
                action={
                  <Button danger onClick={() => void use()}>
                    {t('site.innerFailConfirm')}
                  </Button>
                }
              />
            )}
            <Form<Values>
              form={form}
              layout="vertical"
              requiredMark={false}
              initialValues={{ type: 'mrn', sex: 'U' }}
              onFinish={(values) => void use(values)}
              style={inner === 'fail' ? { display: 'none' } : {}}
            >
              <div className="cssd-figures">
                <PatientFields />
                <Form.Item name="procedureName" label={t('use.procedure')}>
                  <Input />
                </Form.Item>
              </div>
              <div className="cssd-buttons">
                <Button
                  type="primary"
                  htmlType="submit"
                  className="cssd-big"
                  disabled={inner !== 'pass'}
                  loading={station.busy}
                >
                  {t('site.useNow')}
                </Button>
                <Button className="cssd-big" onClick={() => setPack(null)}>
                  {t('shell:action.cancel')}
                </Button>
              </div>
            </Form>
          </section>
        )}
      </div>
      <ScanLog station={station} />
    </div>
  );
}
