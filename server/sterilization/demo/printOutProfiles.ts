/** Print-out profiles that come with the hub; a centre adds its own as data. */
export const PRINT_OUT_PROFILES: Record<string, { name: string; rules: Record<string, unknown> }> = {
  'STEAM-ZH': {
    name: '脉动真空蒸汽灭菌器 中文打印',
    rules: {
      encoding: 'auto',
      start: '^[\\s*=-]*(脉动真空|蒸汽)灭菌(器|记录)',
      end: '^[\\s*=-]*打印结束',
      fields: [
        { name: 'cycleNumber', pattern: '^\\s*(锅次|循环号|运行次数)\\s*[:：]\\s*(?<value>\\d{1,8})' },
        { name: 'programme', pattern: '^\\s*程序\\s*[:：]\\s*(?<value>\\S{1,20})' },
        { name: 'date', pattern: '^\\s*日期\\s*[:：]\\s*(?<value>\\d{4}\\D\\d{1,2}\\D\\d{1,2})' },
        { name: 'startTime', pattern: '^\\s*开始(时间)?\\s*[:：]\\s*(?<value>\\d{1,2}:\\d{2}(:\\d{2})?)' },
        { name: 'endTime', pattern: '^\\s*结束(时间)?\\s*[:：]\\s*(?<value>\\d{1,2}:\\d{2}(:\\d{2})?)' },
        {
          name: 'holdS',
          pattern: '^\\s*灭菌时间\\s*[:：]\\s*(?<value>\\d{1,3}:\\d{2}(:\\d{2})?)',
          type: 'duration',
        },
        {
          name: 'minTemperatureC',
          pattern: '^\\s*(最低|最小)温度\\s*[:：]\\s*(?<value>\\d{2,3}([.,]\\d)?)',
          type: 'number',
        },
        {
          name: 'maxTemperatureC',
          pattern: '^\\s*(最高|最大)温度\\s*[:：]\\s*(?<value>\\d{2,3}([.,]\\d)?)',
          type: 'number',
        },
        {
          name: 'minPressureKpa',
          pattern: '^\\s*(最低|最小)压力\\s*[:：]\\s*(?<value>\\d{1,3}([.,]\\d)?)',
          type: 'number',
        },
        {
          name: 'maxPressureKpa',
          pattern: '^\\s*(最高|最大)压力\\s*[:：]\\s*(?<value>\\d{1,3}([.,]\\d)?)',
          type: 'number',
        },
        {
          name: 'leakKpaMin',
          pattern: '^\\s*泄漏率\\s*[:：]\\s*(?<value>\\d{1,2}[.,]\\d{1,2})',
          type: 'number',
        },
        { name: 'operator', pattern: '^\\s*操作(员|者)\\s*[:：]\\s*(?<value>\\S{1,20})' },
      ],
      sample: {
        pattern:
          '^\\s*(?<time>\\d{2}:\\d{2}:\\d{2})\\s+(?<temperature>\\d{1,3}[.,]\\d)\\s*(℃|C)?\\s+(?<pressure>-?\\d{1,3}([.,]\\d)?)',
      },
      pass: '^\\s*(结果|结论)\\s*[:：]\\s*(合格|成功|完成)',
      fail: '^\\s*(结果|结论)\\s*[:：]\\s*(不合格|失败|中断)|报警停机',
      required: ['cycleNumber', 'date', 'startTime', 'endTime'],
    },
  },
  'WASHER-EN': {
    name: 'Washer-disinfector, English print-out',
    rules: {
      encoding: 'auto',
      start: '^\\s*WASHER DISINFECTOR',
      end: '^\\s*END OF PROCESS',
      fields: [
        { name: 'cycleNumber', pattern: '^\\s*CYCLE\\s*(NO)?[.:]?\\s*(?<value>\\d{1,8})' },
        { name: 'programme', pattern: '^\\s*PROGRAM(ME)?\\s*:?\\s*(?<value>\\S{1,20})' },
        { name: 'date', pattern: '^\\s*DATE\\s*:?\\s*(?<value>\\d{4}-\\d{2}-\\d{2})' },
        { name: 'startTime', pattern: '^\\s*START\\s*:?\\s*(?<value>\\d{2}:\\d{2}(:\\d{2})?)' },
        { name: 'endTime', pattern: '^\\s*END\\s*:?\\s*(?<value>\\d{2}:\\d{2}(:\\d{2})?)' },
        { name: 'a0', pattern: '^\\s*A0\\s*[:=]?\\s*(?<value>\\d{1,6}([.]\\d)?)', type: 'number' },
      ],
      sample: { pattern: '^\\s*(?<time>\\d{2}:\\d{2}:\\d{2})\\s+(?<temperature>\\d{1,3}[.]\\d)' },
      pass: '^\\s*RESULT\\s*:?\\s*(PASSED|OK)',
      fail: '^\\s*RESULT\\s*:?\\s*(FAILED|ABORTED)',
      required: ['cycleNumber'],
    },
  },
  'PLASMA-EN': {
    name: 'H2O2 plasma sterilizer, English print-out',
    rules: {
      encoding: 'auto',
      start: '^\\s*H2O2 (GAS )?PLASMA STERILI[SZ]ER',
      end: '^\\s*(VALIDATION|END OF RECORD)',
      fields: [
        { name: 'cycleNumber', pattern: '^\\s*CYCLE COUNT\\s*:?\\s*(?<value>\\d{1,8})' },
        { name: 'programme', pattern: '^\\s*CYCLE TYPE\\s*:?\\s*(?<value>\\S{1,20})' },
        { name: 'date', pattern: '^\\s*DATE\\s*:?\\s*(?<value>\\d{4}-\\d{2}-\\d{2})' },
        { name: 'startTime', pattern: '^\\s*START\\s*:?\\s*(?<value>\\d{2}:\\d{2}:\\d{2})' },
        { name: 'endTime', pattern: '^\\s*FINISH\\s*:?\\s*(?<value>\\d{2}:\\d{2}:\\d{2})' },
        {
          name: 'holdS',
          pattern: '^\\s*DIFFUSION TIME\\s*:?\\s*(?<value>\\d{1,3}:\\d{2})',
          type: 'duration',
        },
        { name: 'minTemperatureC', pattern: '^\\s*MIN TEMP\\s*:?\\s*(?<value>\\d{2}[.]\\d)', type: 'number' },
        { name: 'maxTemperatureC', pattern: '^\\s*MAX TEMP\\s*:?\\s*(?<value>\\d{2}[.]\\d)', type: 'number' },
        {
          name: 'concentrationMgL',
          pattern: '^\\s*H2O2 CONC\\s*:?\\s*(?<value>\\d{1,2}[.]\\d{1,2})',
          type: 'number',
        },
      ],
      sample: {
        pattern:
          '^\\s*(?<time>\\d{2}:\\d{2}:\\d{2})\\s+(?<temperature>\\d{1,3}[.]\\d)\\s+(?<pressure>\\d{1,3}[.]\\d)',
      },
      pass: '^\\s*PROCESS COMPLETE',
      fail: '^\\s*CYCLE CANCEL',
      required: ['cycleNumber'],
    },
  },
};
