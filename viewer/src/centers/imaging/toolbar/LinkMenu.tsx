import { LinkOutlined } from '@ant-design/icons';
import { Button, Dropdown } from 'antd';
import { useTranslation } from 'react-i18next';
import { linkKinds, type LinkKind } from '../useLinks.ts';
import type { ToolbarActs } from './ToolbarActs.ts';

/** What viewports do together. */
export function LinkMenu({ acts, linked }: { acts: ToolbarActs; linked: ReadonlySet<LinkKind> }) {
  const { t } = useTranslation('imaging');
  const any = linked.size > 0;
  return (
    <Dropdown
      trigger={['click']}
      menu={{
        selectedKeys: [...linked],
        items: [
          ...linkKinds.map((kind) => ({ key: kind, label: t(`links.${kind}`) })),
          { type: 'divider' as const },
          { key: 'all', label: `${t(any ? 'links.none' : 'links.all')} (X)` },
        ],
        onClick: ({ key }) => acts.link(key !== 'all' ? [key as LinkKind] : any ? [...linked] : linkKinds),
      }}
    >
      <Button
        size="small"
        type={any ? 'primary' : 'text'}
        icon={<LinkOutlined />}
        aria-label={t('view.link')}
        title={`${t('view.link')} (X)`}
      />
    </Dropdown>
  );
}
