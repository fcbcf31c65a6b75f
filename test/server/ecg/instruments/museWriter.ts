/** Test instrument: GE MUSE XML with the eight measured leads, as carts export it. Synthetic. */
export function writeMuse(
  leads: { name: string; samples: number[] }[],
  options: {
    rate?: number;
    unitsPerBit?: number;
    doctype?: string;
    lastName?: string;
    encoding?: string;
  } = {},
): string {
  const {
    rate = 500,
    unitsPerBit = 4.88,
    doctype = '<!DOCTYPE RestingECG SYSTEM "restecg.dtd">',
    lastName = '测试',
    encoding = 'UTF-8',
  } = options;
  const lead = (entry: { name: string; samples: number[] }): string => {
    const bytes = Buffer.alloc(entry.samples.length * 2);
    entry.samples.forEach((value, index) => bytes.writeInt16LE(value, index * 2));
    return `<LeadData><LeadByteCountTotal>${bytes.length}</LeadByteCountTotal><LeadTimeOffset>0</LeadTimeOffset>
<LeadSampleCountTotal>${entry.samples.length}</LeadSampleCountTotal><LeadAmplitudeUnitsPerBit>${unitsPerBit}</LeadAmplitudeUnitsPerBit>
<LeadAmplitudeUnits>MICROVOLTS</LeadAmplitudeUnits><LeadSampleSize>2</LeadSampleSize><LeadID>${entry.name}</LeadID>
<WaveFormData>${bytes.toString('base64').replace(/(.{76})/g, '$1\n')}</WaveFormData></LeadData>`;
  };
  return `<?xml version="1.0" encoding="${encoding}"?>
${doctype}
<RestingECG><MuseInfo><MuseVersion>8.0.1</MuseVersion></MuseInfo>
<PatientDemographics><PatientID>MR0001</PatientID><PatientAge>61</PatientAge><AgeUnits>YEARS</AgeUnits><DateofBirth>03-05-1965</DateofBirth><Gender>FEMALE</Gender><PatientLastName>${lastName}</PatientLastName><PatientFirstName></PatientFirstName></PatientDemographics>
<TestDemographics><AcquisitionDevice>MAC55</AcquisitionDevice><AcquisitionTime>10:32:00</AcquisitionTime><AcquisitionDate>11-22-2026</AcquisitionDate><SiteName>柳河镇卫生院</SiteName></TestDemographics>
<RestingECGMeasurements><VentricularRate>72</VentricularRate><PRInterval>160</PRInterval><QRSDuration>92</QRSDuration><QTInterval>390</QTInterval><QTCorrected>427</QTCorrected><PAxis>50</PAxis><RAxis>40</RAxis><TAxis>45</TAxis></RestingECGMeasurements>
<Diagnosis><DiagnosisStatement><StmtFlag>ENDSLINE</StmtFlag><StmtText>Normal sinus rhythm</StmtText></DiagnosisStatement><DiagnosisStatement><StmtText>ST &lt; 1 mm</StmtText></DiagnosisStatement></Diagnosis>
<Waveform><WaveformType>Median</WaveformType><SampleBase>${rate}</SampleBase><SampleExponent>0</SampleExponent>${leads.map((entry) => lead({ ...entry, samples: entry.samples.slice(0, 600) })).join('')}</Waveform>
<Waveform><WaveformType>Rhythm</WaveformType><SampleBase>${rate}</SampleBase><SampleExponent>0</SampleExponent><HighPassFilter>5</HighPassFilter><LowPassFilter>150</LowPassFilter><ACFilter>50</ACFilter>${leads.map(lead).join('')}</Waveform>
</RestingECG>`;
}
