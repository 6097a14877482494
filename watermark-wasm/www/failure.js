// A report of something that went wrong outside the detector, with every field that a report has.

export function failure(name, sentence, kind) {
  return {
    file: name, verdict: null, found: false, payload: null, bits: null, authentic: null, log10_p: null, key_id: null,
    margin_db: null, geometry: null, marks: [], elapsed_ms: 0, error: `${name}: ${sentence}`,
    picture: { format: null, width: null, height: null, decoded_by: null }, sha256: null, tried: null, evidence: [],
    clip: null, error_kind: kind,
  };
}
