/** Findings of imaging that are called at once. */
export const IMAGING_CRITICAL = [
  ['IMG-PE', '肺栓塞', 'Pulmonary embolism'],
  ['IMG-AORTA', '主动脉夹层或破裂', 'Aortic dissection or rupture'],
  ['IMG-TAMPONADE', '心脏压塞', 'Cardiac tamponade'],
  ['IMG-PTX', '张力性气胸/大量血胸', 'Tension pneumothorax or massive haemothorax'],
  ['IMG-AIRWAY', '气道异物', 'Airway foreign body'],
  ['IMG-STROKE', '急性大面积脑梗死或颅内出血', 'Acute large infarct or intracranial bleeding'],
  ['IMG-HERNIA', '脑疝', 'Brain herniation'],
  ['IMG-PERFORATION', '消化道穿孔', 'Perforation'],
  ['IMG-ORGAN', '脏器破裂', 'Organ rupture'],
  ['IMG-STRANGULATION', '绞窄性肠梗阻', 'Strangulated obstruction'],
] as const;
