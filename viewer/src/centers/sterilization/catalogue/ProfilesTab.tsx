import { Button, Form, Input, Select, Switch } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ListTable } from '../../../shell/ListTable.tsx';
import { dateTime } from '../../../shell/format.ts';
import type { Setup } from '../types.ts';
import { FormModal } from './FormModal.tsx';
import { ProfileEditor } from './ProfileEditor.tsx';

type Profile = Setup['profiles'][number];
type Source = Setup['sources'][number];

/** How print-outs are read (regular expressions as data), and where each machine sends them from. */
export function ProfilesTab({ setup, mayEdit }: { setup: Setup; mayEdit: boolean }) {
  const { t } = useTranslation('sterilization');
  const [editing, setEditing] = useState<Profile | 'new' | null>(null);
  const [source, setSource] = useState<Partial<Source> | null>(null);
  return (
    <div className="cssd-stack">
      <section className="hub-panel">
        <div className="hub-bar">
          <h2 className="hub-title">{t('profile.title')}</h2>
          <span className="hub-grow" />
          {mayEdit && (
            <Button type="primary" onClick={() => setEditing('new')}>
              {t('profile.new')}
            </Button>
          )}
        </div>
        <ListTable<Profile>
          name="profiles"
          rowKey="code"
          empty={t('profile.none')}
          rows={setup.profiles}
          columns={[
            { title: t('catalogue.code'), text: (row) => row.code },
            { title: t('pack.name'), text: (row) => row.name },
            { title: t('profile.encoding'), text: (row) => row.encoding },
            { title: t('profile.fields'), align: 'right', render: (row) => row.rules.fields.length },
            {
              title: t('profile.curve'),
              render: (row) => (row.rules.sample ? '✓' : <span className="hub-quiet">—</span>),
            },
            {
              title: '',
              render: (row) => (
                <Button size="small" onClick={() => setEditing(row)}>
                  {t(mayEdit ? 'profile.open' : 'profile.look')}
                </Button>
              ),
            },
          ]}
        />
      </section>
      <section className="hub-panel">
        <div className="hub-bar">
          <h2 className="hub-title">{t('profile.sources')}</h2>
          <span className="hub-grow" />
          {mayEdit && (
            <Button onClick={() => setSource({ kind: 'tcp', active: true })}>{t('profile.newSource')}</Button>
          )}
        </div>
        <ListTable<Source>
          name="sources"
          rowKey="id"
          rows={setup.sources}
          empty={t('profile.noSources')}
          columns={[
            { title: t('load.machine'), text: (row) => row.machine },
            { title: t('profile.kind'), render: (row) => t(`source.${row.kind}`) },
            { title: t('profile.address'), text: (row) => row.address },
            { title: t('profile.title'), text: (row) => row.profile },
            {
              title: t('profile.lastAt'),
              render: (row) => (row.lastAt ? dateTime(row.lastAt) : '—'),
            },
            {
              title: t('load.state'),
              render: (row) => t(row.active ? 'catalogue.active' : 'catalogue.inactive'),
            },
            {
              title: '',
              render: (row) =>
                mayEdit && (
                  <Button size="small" onClick={() => setSource(row)}>
                    {t('catalogue.edit')}
                  </Button>
                ),
            },
          ]}
        />
      </section>
      {editing && (
        <ProfileEditor
          profile={editing === 'new' ? null : editing}
          mayEdit={mayEdit}
          onClose={() => setEditing(null)}
        />
      )}
      {source && (
        <FormModal<Partial<Source>>
          title={t('profile.sources')}
          act="save-print-source"
          initial={source}
          body={({ machine, profile, kind, address, active }) => ({
            machine,
            profile,
            kind,
            address,
            active: active ?? true,
          })}
          onClose={() => setSource(null)}
        >
          <div className="cssd-figures">
            <Form.Item
              name="machine"
              label={t('load.machine')}
              rules={[{ required: true, message: t('form.required') }]}
            >
              <Select
                options={setup.machines
                  .filter((one) => one.kind === 'sterilizer' || one.kind === 'washer')
                  .map((one) => ({ value: one.code, label: `${one.code} ${one.name}` }))}
              />
            </Form.Item>
            <Form.Item
              name="profile"
              label={t('profile.title')}
              rules={[{ required: true, message: t('form.required') }]}
            >
              <Select options={setup.profiles.map((one) => ({ value: one.code, label: one.name }))} />
            </Form.Item>
            <Form.Item name="kind" label={t('profile.kind')}>
              <Select options={['tcp', 'folder'].map((value) => ({ value, label: t(`source.${value}`) }))} />
            </Form.Item>
            <Form.Item name="active" label={t('catalogue.active')} valuePropName="checked">
              <Switch />
            </Form.Item>
          </div>
          <Form.Item
            name="address"
            label={t('profile.address')}
            extra={t('profile.addressHint')}
            rules={[{ required: true, message: t('form.required') }]}
          >
            <Input />
          </Form.Item>
        </FormModal>
      )}
    </div>
  );
}
