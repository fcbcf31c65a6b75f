import { Alert, Button, Form, InputNumber, Modal, Select, Upload } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { post } from '../../../api/client.ts';
import { dateTime } from '../../../shell/format.ts';
import type { LoadRow, PrintOut } from '../types.ts';
import { UploadPrintOut } from '../UploadPrintOut.tsx';
import { problemText } from '../problemText.ts';
import { useAct } from '../useAct.ts';
import { useSterilization } from '../useSterilization.ts';

const STEAM = ['holdS', 'minTemperatureC', 'maxTemperatureC', 'minPressureKpa', 'maxPressureKpa'];
const PLASMA = ['holdS', 'minTemperatureC', 'maxTemperatureC', 'concentrationMgL'];

/** Ends a load: take the machine's print-out, or enter its figures. The hub judges them against the programme. */
export function EndLoadDialog({
  load,
  kind,
  onClose,
}: {
  load: LoadRow & { method?: string };
  kind: 'wash' | 'sterilization';
  onClose: () => void;
}) {
  const { t } = useTranslation(['sterilization', 'shell']);
  const { act, busy } = useAct();
  const [form] = Form.useForm<Record<string, number | string>>();
  const [result, setResult] = useState<{
    outcome: string;
    findings: { parameter: string; problem: string; value?: number; limit?: number }[];
  } | null>(null);
  const printOuts = useSterilization<{ items: PrintOut[] }>(
    `print-outs?machine=${encodeURIComponent(load.machine)}`,
  );
  const [curve, setCurve] = useState<unknown[] | null>(null);
  const [curveProblem, setCurveProblem] = useState('');
  const readCurve = async (file: File) => {
    setCurve(null);
    setCurveProblem('');
    try {
      setCurve(
        (await post<{ curve: unknown[] }>('/api/sterilization/curve', { csv: await file.text() })).curve,
      );
    } catch (error) {
      setCurveProblem(problemText(error, t));
    }
  };
  const names = kind === 'wash' ? ['a0'] : load.method === 'plasma' ? PLASMA : STEAM;

  const finish = async (values: Record<string, number | string | null | undefined>) => {
    const { printOutId, ...figures } = values;
    const parameters = Object.fromEntries(
      Object.entries(figures).filter(([, value]) => typeof value === 'number'),
    );
    const body = {
      ...(kind === 'wash' ? { washLoadId: load.id } : { loadId: load.id }),
      parameters,
      ...(printOutId && { printOutId }),
      ...(curve && { curve }),
    };
    const answer = await act<NonNullable<typeof result>>(kind === 'wash' ? 'end-wash' : 'record-cycle', body);
    if (answer) setResult(answer);
  };
  return (
    <Modal
      open
      width={620}
      title={t('load.endTitle', { number: load.number })}
      okText={result ? t('shell:action.close') : t('load.judge')}
      okButtonProps={{ loading: busy }}
      cancelButtonProps={result ? { style: { display: 'none' } } : {}}
      onOk={() => (result ? onClose() : form.submit())}
      onCancel={onClose}
    >
      {result ? (
        <Alert
          showIcon
          type={result.outcome === 'pass' ? 'success' : 'error'}
          title={t(`outcome.${result.outcome}`)}
          description={result.findings.map((finding) => (
            <div key={finding.parameter + finding.problem}>
              {t(`finding.${finding.problem}`, {
                name: t(`parameter.${finding.parameter}`),
                value: finding.value ?? '—',
                limit: finding.limit ?? '—',
              })}
            </div>
          ))}
        />
      ) : (
        <Form form={form} layout="vertical" onFinish={(values) => void finish(values)} requiredMark={false}>
          <Form.Item name="printOutId" label={t('load.printOut')} extra={t('load.printOutHint')}>
            <Select
              allowClear
              placeholder={t('load.noPrintOut')}
              options={(printOuts.data?.items ?? []).map((one) => ({
                value: one.id,
                label: `${dateTime(one.receivedAt)} · ${one.reading.cycleNumber ?? '—'} · ${one.reading.programme ?? ''} ${one.flags.map((flag) => t(`flag.${flag.split(':')[0]}`, { defaultValue: flag })).join(' ')}`,
              }))}
            />
          </Form.Item>
          <Form.Item>
            <UploadPrintOut machine={load.machine} onTaken={(id) => form.setFieldValue('printOutId', id)} />
          </Form.Item>
          <Form.Item
            label={t('load.csv')}
            extra={curve ? t('load.csvRead', { n: curve.length }) : t('load.csvHint')}
          >
            <Upload
              accept=".csv,.txt"
              maxCount={1}
              showUploadList={false}
              beforeUpload={(file) => {
                void readCurve(file);
                return false;
              }}
            >
              <Button>{t('load.csvChoose')}</Button>
            </Upload>
            {curveProblem && <p className="hub-tone-breach">{curveProblem}</p>}
          </Form.Item>
          <div className="cssd-figures">
            {names.map((name) => (
              <Form.Item key={name} name={name} label={t(`parameter.${name}`)}>
                <InputNumber style={{ width: '100%' }} min={-200} />
              </Form.Item>
            ))}
          </div>
        </Form>
      )}
    </Modal>
  );
}
