import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Alert, App, Button, Checkbox, Form, Input, InputNumber, Modal, Popconfirm, Table } from 'antd';
import { useState } from 'react';
import './share.css';
import { useTranslation } from 'react-i18next';
import { get, post, postForFile } from '../../api/client.ts';
import type { Order } from '../../api/types.ts';
import { may } from '../access.ts';
import { download } from '../exportRows.ts';
import { dateTime } from '../format.ts';
import { useSession } from '../session.tsx';
import { errorText, Failed } from '../states.tsx';

interface Made {
  id: string;
  code: string;
  url: string;
  qrSvg: string;
  expiresAt: string;
  factor: 'id-last-4' | 'birth-date';
}
interface Share {
  id: string;
  createdAt: string;
  expiresAt: string;
  purpose: string;
  opened: number;
  lockedAt: string | null;
  revokedAt: string | null;
  createdBy: string;
  openings: { at: string; hospital: string; person: string }[];
}

/** Handing a signed result out: a code for another hospital, and the package of files. */
export function ShareButtons({ order }: { order: Order }) {
  const { t } = useTranslation(['exchange', 'shell']);
  const session = useSession();
  const [sharing, setSharing] = useState(false);
  const [packing, setPacking] = useState(false);
  if (!order.patient) return null;
  return (
    <>
      {may(session, 'report.acknowledge', 'export') && (
        <Button onClick={() => setSharing(true)}>{t('share')}</Button>
      )}
      {may(session, 'export') && <Button onClick={() => setPacking(true)}>{t('package')}</Button>}
      {sharing && <ShareDialog order={order} onClose={() => setSharing(false)} />}
      {packing && <PackageDialog order={order} onClose={() => setPacking(false)} />}
    </>
  );
}

function ShareDialog({ order, onClose }: { order: Order; onClose: () => void }) {
  const { t } = useTranslation(['exchange', 'shell']);
  const { message } = App.useApp();
  const client = useQueryClient();
  const [made, setMade] = useState<Made | null>(null);
  const shares = useQuery({
    queryKey: ['shares', order.id],
    queryFn: () => get<{ items: Share[] }>(`/api/orders/${order.id}/shares`),
  });
  const attempt = async (work: () => Promise<unknown>) => {
    try {
      await work();
      await client.invalidateQueries({ queryKey: ['shares', order.id] });
    } catch (error) {
      message.error(errorText(error, t));
    }
  };
  const state = (row: Share) =>
    row.revokedAt
      ? t('state.revoked')
      : row.lockedAt
        ? t('state.locked')
        : new Date(row.expiresAt) < new Date()
          ? t('state.expired')
          : t('state.open');
  return (
    <Modal
      open
      width={760}
      title={`${t('share')} · ${order.patient?.name ?? ''} ${order.accessionNumber}`}
      footer={null}
      onCancel={onClose}
    >
      {made ? (
        <div className="hub-share">
          <div
            className="hub-share-qr"
            role="img"
            aria-label={t('qr')}
            dangerouslySetInnerHTML={{ __html: made.qrSvg }}
          />
          <div>
            <p className="hub-share-code">{made.code}</p>
            <p>{t('until', { at: dateTime(made.expiresAt) })}</p>
            <p>{t(`factorTell.${made.factor}`)}</p>
            <Alert type="warning" title={t('once')} />
            <Button style={{ marginTop: 8 }} onClick={() => window.print()}>
              {t('print')}
            </Button>
          </div>
        </div>
      ) : (
        <Form
          layout="vertical"
          initialValues={{ days: 7, withImages: true, withPackage: true, consentBy: t('self') }}
          onFinish={(values) =>
            void attempt(async () =>
              setMade(await post<Made>('/api/shares', { orderIds: [order.id], ...values })),
            )
          }
        >
          <Form.Item name="purpose" label={t('purpose')} rules={[{ required: true, message: t('required') }]}>
            <Input maxLength={200} placeholder={t('purposeExample')} />
          </Form.Item>
          <Form.Item
            name="consentBy"
            label={t('consentBy')}
            rules={[{ required: true, message: t('required') }]}
          >
            <Input maxLength={200} />
          </Form.Item>
          <Form.Item name="days" label={t('days')}>
            <InputNumber min={1} max={30} />
          </Form.Item>
          <Form.Item name="withImages" valuePropName="checked" noStyle>
            <Checkbox>{t('withImages')}</Checkbox>
          </Form.Item>
          <Form.Item name="withPackage" valuePropName="checked" noStyle>
            <Checkbox>{t('withPackage')}</Checkbox>
          </Form.Item>
          <p>
            <Button type="primary" htmlType="submit">
              {t('make')}
            </Button>
          </p>
        </Form>
      )}
      <h2 className="hub-subtitle">{t('made')}</h2>
      {shares.isError ? (
        <Failed error={shares.error} retry={() => void shares.refetch()} />
      ) : (
        <Table<Share>
          size="small"
          rowKey="id"
          pagination={false}
          loading={shares.isPending}
          dataSource={shares.data?.items ?? []}
          locale={{ emptyText: t('none') }}
          columns={[
            { title: t('column.made'), render: (_, row) => `${dateTime(row.createdAt)} ${row.createdBy}` },
            { title: t('purpose'), dataIndex: 'purpose' },
            { title: t('column.until'), render: (_, row) => dateTime(row.expiresAt) },
            { title: t('column.state'), render: (_, row) => state(row) },
            {
              title: t('column.opened'),
              render: (_, row) =>
                row.openings.length === 0
                  ? t('notOpened')
                  : row.openings
                      .slice(0, 3)
                      .map((each) => `${each.hospital} ${each.person} ${dateTime(each.at)}`)
                      .join('; '),
            },
            {
              title: '',
              render: (_, row) =>
                row.revokedAt ? null : (
                  <Popconfirm
                    title={t('revokeAsk', { purpose: row.purpose })}
                    okText={t('revoke')}
                    onConfirm={() =>
                      void attempt(() => post(`/api/shares/${row.id}/revoke`, { reason: t('revokedByHand') }))
                    }
                  >
                    <Button size="small" danger>
                      {t('revoke')}
                    </Button>
                  </Popconfirm>
                ),
            },
          ]}
        />
      )}
    </Modal>
  );
}

function PackageDialog({ order, onClose }: { order: Order; onClose: () => void }) {
  const { t } = useTranslation(['exchange', 'shell']);
  const { message } = App.useApp();
  const [reason, setReason] = useState('');
  const [images, setImages] = useState(true);
  const [busy, setBusy] = useState(false);
  const run = async () => {
    setBusy(true);
    try {
      const response = await postForFile(`/api/orders/${order.id}/package`, { reason, images });
      download(await response.blob(), `${order.accessionNumber}.zip`);
      onClose();
    } catch (error) {
      message.error(errorText(error, t));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Modal
      open
      title={`${t('package')} · ${order.accessionNumber}`}
      okText={t('shell:action.export')}
      okButtonProps={{ disabled: reason.trim() === '', loading: busy }}
      onOk={() => void run()}
      onCancel={onClose}
    >
      <p className="hub-quiet">{t('packageAbout')}</p>
      <Input
        value={reason}
        maxLength={300}
        aria-label={t('reason')}
        placeholder={t('reason')}
        onChange={(event) => setReason(event.target.value)}
      />
      <Checkbox checked={images} onChange={(event) => setImages(event.target.checked)}>
        {t('withImages')}
      </Checkbox>
    </Modal>
  );
}
