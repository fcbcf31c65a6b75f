"""Decodes every DICOM sample with pixels by pydicom, GDCM and dcmtk, as the reference that the reading room is held against.

Usage: referencePictures.py SAMPLES OUT. Each sample is written to OUT/<n>.dcm with identifiers of its own (many samples
share theirs) as a series of one study; pixel data and transfer syntax stay as they are. Its first frame stands in
OUT/<n>.raw: float32 after rescale for grey values, uint8 RGB for colour. OUT/index.json lists them.
"""
import copy
import json
import os
import subprocess
import sys
import tempfile

import numpy as np
import pydicom
import pydicom.config
from pydicom.pixel_data_handlers.util import apply_color_lut, apply_modality_lut, convert_color_space
from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian, RLELossless

pydicom.config.settings.reading_validation_mode = pydicom.config.IGNORE
pydicom.config.settings.writing_validation_mode = pydicom.config.IGNORE
samples, out = sys.argv[1], sys.argv[2]
os.makedirs(out, exist_ok=True)
ROOT = "2.25.77000"
JPEG = {f"1.2.840.10008.1.2.4.{n}" for n in (50, 51, 53, 55, 57, 70)}


def read(path):
    dataset = pydicom.dcmread(path, force=True)
    if "PixelData" not in dataset or "SOPClassUID" not in dataset:
        return None
    meta = dataset.file_meta
    if "TransferSyntaxUID" not in meta:
        meta.TransferSyntaxUID = ImplicitVRLittleEndian if dataset.is_implicit_VR else ExplicitVRLittleEndian
    return dataset


def frames_of(dataset):
    value = str(dataset.get("NumberOfFrames", 1) or 1)
    return int(value) if value.isdigit() else 1


def native(dataset):
    """JPEG as dcmtk decodes it, colour turned to RGB; everything else as it is."""
    if dataset.file_meta.TransferSyntaxUID not in JPEG:
        return dataset
    with tempfile.TemporaryDirectory() as folder:
        coded, decoded = os.path.join(folder, "a"), os.path.join(folder, "b")
        dataset.save_as(coded, write_like_original=False)
        subprocess.run(["dcmdjpeg", coded, decoded], check=True, capture_output=True)
        return pydicom.dcmread(decoded)


def picture(dataset):
    dataset = native(dataset)
    pixels = dataset.pixel_array
    if frames_of(dataset) > 1:
        pixels = pixels[0]
    photometric = dataset.PhotometricInterpretation
    if photometric == "PALETTE COLOR":
        rgb = apply_color_lut(pixels, dataset)
        return "rgb", (rgb >> 8 if rgb.dtype == np.uint16 else rgb).astype(np.uint8)
    if dataset.SamplesPerPixel == 3:
        syntax = dataset.file_meta.TransferSyntaxUID
        # GDCM gives JPEG 2000 as RGB already where the data set says YBR.
        if photometric.startswith("YBR_FULL") and (syntax == RLELossless or not syntax.is_compressed):
            pixels = convert_color_space(pixels, "YBR_FULL", "RGB")
        if pixels.dtype != np.uint8:
            pixels = (pixels >> (int(dataset.BitsStored) - 8)).astype(np.uint8)
        return "rgb", pixels
    if dataset.BitsAllocated == 1:
        pixels = pixels * np.uint8(255)
    if "ModalityLUTSequence" not in dataset:
        place = dataset
        for group in dataset.get("SharedFunctionalGroupsSequence", []):
            place = (group.get("PixelValueTransformationSequence") or [dataset])[0]
        slope, intercept = float(place.get("RescaleSlope", 1) or 1), float(place.get("RescaleIntercept", 0) or 0)
        return "grey", pixels.astype(np.float32) * np.float32(slope) + np.float32(intercept)
    return "grey", np.asarray(apply_modality_lut(pixels, dataset), dtype=np.float32)


index = []
names = sorted(
    os.path.relpath(os.path.join(folder, name), samples) for folder, _, files in os.walk(samples) for name in files
)
for name in names:
    entry = {"name": name}
    try:
        dataset = read(os.path.join(samples, name))
        if dataset is None:
            continue
    except Exception:
        continue
    number = len(index) + 1
    try:
        kind, pixels = picture(copy.deepcopy(dataset))  # decoding changes PixelRepresentation of one sample
        entry.update(kind=kind, rows=int(pixels.shape[0]), columns=int(pixels.shape[1]))
        entry["inverted"] = dataset.PhotometricInterpretation == "MONOCHROME1"
        pixels.tofile(os.path.join(out, f"{number}.raw"))
    except Exception as fault:
        entry["undecodable"] = f"{type(fault).__name__}: {fault}"[:160]
    spacing = dataset.get("PixelSpacing") or dataset.get("ImagerPixelSpacing") or dataset.get("PixelAspectRatio")
    entry["aspect"] = float(spacing[0]) / float(spacing[1]) if spacing and float(spacing[1]) else 1
    entry["frames"] = frames_of(dataset)
    entry["syntax"] = str(dataset.file_meta.TransferSyntaxUID)
    for keyword, value in {
        "SOPInstanceUID": f"{ROOT}.{number}.1",
        "SeriesInstanceUID": f"{ROOT}.{number}",
        "StudyInstanceUID": ROOT,
        "PatientID": "PICTURES",
        "PatientName": "Pictures",
        "SeriesNumber": str(number),
        "SeriesDescription": f"#{number}#",
        "AccessionNumber": "",
        "InstanceNumber": "1",
    }.items():
        setattr(dataset, keyword, value)
    dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    for keyword in ("PatientBirthDate", "PatientSex", "SpecificCharacterSet"):
        if keyword in dataset:
            del dataset[keyword]
    try:
        dataset.save_as(os.path.join(out, f"{number}.dcm"), write_like_original=False)
    except Exception as fault:
        entry["unwritable"] = f"{type(fault).__name__}: {fault}"[:160]
        os.remove(os.path.join(out, f"{number}.dcm"))
    index.append(entry)
with open(os.path.join(out, "index.json"), "w") as file:
    json.dump(index, file, indent=1)
