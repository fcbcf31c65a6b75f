import { Button, Popover } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { largest, type Layout } from '../hanging.ts';

interface Props {
  layout: Layout;
  onChoose: (layout: Layout) => void;
  onRemember: () => void;
  onEdit: () => void;
}

/** Any layout from 1×1 to 4×4 by pointing at its last cell. */
export function LayoutPicker({ layout, onChoose, onRemember, onEdit }: Props) {
  const { t } = useTranslation('imaging');
  const [open, setOpen] = useState(false);
  const [over, setOver] = useState<Layout>(layout);
  const leave = (act: () => void) => () => {
    setOpen(false);
    act();
  };
  const cells = Array.from({ length: largest * largest }, (_, index) => ({
    rows: Math.floor(index / largest) + 1,
    columns: (index % largest) + 1,
  }));
  return (
    <Popover
      trigger="click"
      open={open}
      onOpenChange={(next) => {
        setOpen(next);
        setOver(layout);
      }}
      content={
        <div className="hub-layout-picker">
          <div className="hub-layout-grid" role="group" aria-label={t('layout.label')}>
            {cells.map((cell) => (
              <button
                key={`${cell.rows}×${cell.columns}`}
                type="button"
                aria-label={`${cell.rows}×${cell.columns}`}
                className={cell.rows <= over.rows && cell.columns <= over.columns ? 'is-on' : ''}
                onMouseEnter={() => setOver(cell)}
                onFocus={() => setOver(cell)}
                onClick={leave(() => onChoose(cell))}
              />
            ))}
          </div>
          <b>{`${over.rows}×${over.columns}`}</b>
          <Button size="small" block onClick={leave(onRemember)}>
            {t('layout.remember')}
          </Button>
          <Button size="small" block onClick={leave(onEdit)}>
            {t('hanging.title')}
          </Button>
        </div>
      }
    >
      <Button size="small" type="text">
        {t('layout.label')} {`${layout.rows}×${layout.columns}`}
      </Button>
    </Popover>
  );
}
