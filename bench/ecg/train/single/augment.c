/*
 * Training examples for the single-lead beat networks: ten seconds of a lead at 200 Hz, changed as recordings differ,
 * with what the network sees of them (beatNetwork.ts, networkInput) and the marks that are wanted.
 * Used by train.py:  cc -O3 -march=native -ffast-math -shared -fPIC -o augment.so augment.c -lm
 */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define SAMPLES 2000
#define RATE 200.0
#define MARKS 334
#define MARK (RATE * 0.03)
#define MOST_BEATS 256
#define MOST_RECORDS 6000
#define GROUPS 8

typedef struct {
  int group, length, beatCount, badCount, firstMate, mates;
  const float *samples, *beats, *bad;
  /* where the annotation begins and ends */
  float from, to;
} Record;

static Record records[MOST_RECORDS];
static int recordCount, members[GROUPS][MOST_RECORDS], memberCount[GROUPS], noiseCount, noiseLength[64];
static double groupShare[GROUPS];
static const float *noises[64];

static uint64_t state;
static uint64_t next(void) {
  state ^= state << 13;
  state ^= state >> 7;
  return state ^= state << 17;
}
static double chance(void) { return (next() >> 11) * (1.0 / 9007199254740992.0); }
static int happens(double probability) { return chance() < probability; }
static double between(double a, double b) { return a + (b - a) * chance(); }
static int below(double n) { return chance() * n; }
static double normal(void) { return sqrt(-2 * log(chance() + 1e-12)) * cos(2 * M_PI * chance()); }
static double limited(double x) { return fmin(1, fmax(0, x)); }

void begin(uint64_t seed) {
  recordCount = noiseCount = 0;
  memset(memberCount, 0, sizeof memberCount);
  state = seed * 0x9E3779B97F4A7C15ull + 12345;
  for (int i = 0; i < 8; i++) next();
}

void addRecord(int group, const float *samples, int length, const float *beats, int beatCount, const float *bad,
               int badCount, float from, float to, int firstMate, int mates) {
  members[group][memberCount[group]++] = recordCount;
  records[recordCount++] =
    (Record){group, length, beatCount, badCount, firstMate, mates, samples, beats, bad, from, to};
}

void addNoise(const float *samples, int length) {
  noises[noiseCount] = samples;
  noiseLength[noiseCount++] = length;
}

void shares(const double *weights) {
  double sum = 0;
  for (int g = 0; g < GROUPS; g++) sum += memberCount[g] ? weights[g] : 0;
  for (int g = 0; g < GROUPS; g++) groupShare[g] = memberCount[g] ? weights[g] / sum : 0;
}

/* one second-order section, forwards and backwards, as filters.ts has it */
static void section(double *x, int n, int high, double hz) {
  double w = 2 * M_PI * fmin(hz, RATE * 0.49) / RATE, c = cos(w), alpha = sin(w) / (2 * M_SQRT1_2);
  double a0 = 1 + alpha, b0 = (high ? (1 + c) / 2 : (1 - c) / 2) / a0, b1 = (high ? -(1 + c) : 1 - c) / a0;
  double b2 = b0, a1 = -2 * c / a0, a2 = (1 - alpha) / a0, gain = (b0 + b1 + b2) / (1 + a1 + a2);
  for (int back = 0; back < 2; back++) {
    double x1 = x[back ? n - 1 : 0], x2 = x1, y1 = x1 * gain, y2 = y1;
    for (int k = 0; k < n; k++) {
      int i = back ? n - 1 - k : k;
      double value = x[i], y = b0 * value + b1 * x1 + b2 * x2 - a1 * y1 - a2 * y2;
      x2 = x1, x1 = value, y2 = y1, y1 = y, x[i] = y;
    }
  }
}

static int ascending(const void *a, const void *b) {
  float p = *(const float *)a, q = *(const float *)b;
  return p < q ? -1 : p > q;
}

/* every second value in order, for quantiles */
static const float *sorted(const double *x, int n, int *count) {
  static float values[SAMPLES];
  *count = 0;
  for (int i = 0; i < n; i += 2) values[(*count)++] = x[i];
  qsort(values, *count, sizeof *values, ascending);
  return values;
}

static double quantile(const double *x, int n, double share) {
  int count;
  const float *values = sorted(x, n, &count);
  return values[(int)fmin(count - 1, share * count)];
}

static double heightOf(const double *x, int n) {
  int count;
  const float *values = sorted(x, n, &count);
  return values[(int)(0.99 * count)] - values[(int)(0.01 * count)] + 1e-6;
}

typedef struct {
  double lead[SAMPLES], beats[MOST_BEATS];
  int beatCount;
  /* where the annotation tells what is a beat */
  unsigned char known[SAMPLES];
} Example;

static void copyWide(const float *x, int n, double *y) {
  for (int i = 0; i < n; i++) y[i] = x[i];
}

static double intervalOf(const double *beats, int count) {
  return count > 1 ? (beats[count - 1] - beats[0]) / (count - 1) : RATE;
}

static const Record *anyOf(int group) { return &records[members[group][below(memberCount[group])]]; }

/* as it is, a little or much slower or faster, to 207 beats a minute at most */
static double speedOf(const Record *r) {
  double pick = chance(), speed = pick < 0.4 ? 1 : pick < 0.75 ? between(0.75, 1.35) : exp(between(log(0.55), log(1.9)));
  if (r->beatCount > 2) {
    double interval = (r->beats[r->beatCount - 1] - r->beats[0]) / (r->beatCount - 1);
    if (speed > interval / 58) speed = fmin(speed, fmax(1, interval / 58));
  }
  int tooShort = r->length < (int)(SAMPLES * speed) + 2;
  return tooShort && (speed < 1.02 || happens(0.3)) ? (r->length - 2.0) / SAMPLES : speed;
}

/* two leads of a record in a mixture that may turn, as with breathing */
static const float *mixture(const float *x, const float *other, int n) {
  static float mixed[2 * SAMPLES + 64];
  static double one[2 * SAMPLES + 64], two[2 * SAMPLES + 64];
  copyWide(x, n, one);
  copyWide(other, n, two);
  int half = n < SAMPLES ? n : SAMPLES, turns = happens(0.3);
  double height = heightOf(one, half), otherHeight = heightOf(two, half), angle = between(0, 2 * M_PI);
  double swing = between(0.2, 1.6), hz = between(0.1, 0.6), phase = between(0, 6), drift = between(-0.15, 0.15);
  for (int i = 0; i < n; i++) {
    double now = turns ? angle + swing * sin(2 * M_PI * hz * i / RATE + phase) + drift * i / RATE : angle;
    mixed[i] = cos(now) * one[i] / height + sin(now) * two[i] / otherHeight;
  }
  return mixed;
}

/* a part of a record from `at` on; returns how many samples it gave */
static int part(Example *e, const Record *r, double speed, int at) {
  int count = SAMPLES - at, start = 0;
  if ((int)(count * speed) + 2 > r->length) count = (r->length - 2.0) / speed;
  int needed = count * speed + 2;
  if (needed > r->length) needed = r->length;
  for (int tries = 0; tries < 20; tries++) {
    start = below(r->length - needed + 1);
    int good = 1;
    for (int b = 0; b < r->badCount; b++)
      if (r->bad[2 * b] < start + needed && r->bad[2 * b + 1] > start) good = 0;
    if (good) break;
  }
  const float *x = r->samples + start;
  if (r->mates > 1 && happens(0.5)) {
    const Record *mate = &records[r->firstMate + below(r->mates)];
    if (mate->length == r->length) x = mixture(x, mate->samples + start, needed);
  }
  for (int i = 0; i < count; i++) {
    double place = i * speed;
    int left = place, right = left + 1 < needed ? left + 1 : left;
    e->lead[at + i] = x[left] * (1 - place + left) + x[right] * (place - left);
    e->known[at + i] = start + place >= r->from && start + place <= r->to;
  }
  if (at && count < 200) {
    for (int i = at; i < at + count; i++) e->lead[i] = e->lead[at - 1], e->known[i] = 0;
    return count;
  }
  if (at) {
    double *own = e->lead + at, factor = heightOf(e->lead, at) / heightOf(own, count) * exp(normal() * 0.3);
    double middle = quantile(e->lead, at, 0.5), ownMiddle = quantile(own, count, 0.5);
    for (int i = 0; i < count; i++) own[i] = (own[i] - ownMiddle) * factor + middle;
  }
  for (int i = 0; i < r->beatCount; i++) {
    double beat = (r->beats[i] - start) / speed;
    int first = e->beatCount == 0;
    if (beat >= 0 && beat < count && e->beatCount < MOST_BEATS - 1 && (first || beat + at - e->beats[e->beatCount - 1] >= 45))
      e->beats[e->beatCount++] = beat + at;
  }
  return count;
}

/* ten seconds; a record that is too short for its speed is followed by others of its group */
static void piece(Example *e) {
  double pick = chance();
  int group = 0;
  for (; group < GROUPS - 1; group++)
    if ((pick -= groupShare[group]) < 0) break;
  while (!memberCount[group]) group = (group + 1) % GROUPS;
  const Record *r = anyOf(group);
  double speed = speedOf(r);
  e->beatCount = 0;
  for (int at = part(e, r, speed, 0); at < SAMPLES;) at += part(e, anyOf(group), speed, at);
}

/* the rhythm of one record, then that of another */
static void joined(Example *e) {
  static Example next;
  piece(&next);
  int cut = between(SAMPLES / 5, 4 * SAMPLES / 5), count = 0;
  double width = between(4, 80), size = exp(normal() * 0.4), beats[MOST_BEATS];
  double middle = quantile(e->lead, SAMPLES, 0.5), nextMiddle = quantile(next.lead, SAMPLES, 0.5);
  double height = heightOf(e->lead, SAMPLES), nextHeight = heightOf(next.lead, SAMPLES) / size;
  for (int i = 0; i < SAMPLES; i++) {
    double share = limited((i - cut) / width + 0.5);
    e->lead[i] = (e->lead[i] - middle) / height * (1 - share) + (next.lead[i] - nextMiddle) / nextHeight * share;
    if (i >= cut) e->known[i] = next.known[i];
  }
  for (int i = 0; i < e->beatCount; i++)
    if (e->beats[i] < cut) beats[count++] = e->beats[i];
  for (int i = 0; i < next.beatCount && count < MOST_BEATS - 1; i++)
    if (next.beats[i] >= cut && (!count || next.beats[i] - beats[count - 1] >= 50)) beats[count++] = next.beats[i];
  memcpy(e->beats, beats, sizeof beats);
  e->beatCount = count;
}

static double bell(double far) { return exp(-far * far); }

/* T waves (nearer to the beat where beats are near) multiplied, or waves of their own added in their place */
static void changeT(Example *e, double size, int adds) {
  double squeeze = fmin(1, intervalOf(e->beats, e->beatCount) / 150);
  double behind = RATE * between(0.2, 0.33) * squeeze, width = RATE * between(0.04, adds ? 0.11 : 0.14) * squeeze;
  double factor = exp(between(-0.5, 2)) - 1, height = size * between(0.2, 1.6) * (happens(0.6) ? 1 : -1);
  for (int b = 0; b < e->beatCount; b++) {
    double at = e->beats[b], own = height * (1 + 0.15 * normal());
    for (int i = at + behind - 3 * width; i < at + behind + 3 * width; i++) {
      if (i < 0 || i >= SAMPLES) continue;
      double near = bell((i - at - behind) / width);
      if (adds) e->lead[i] += own * near;
      else if (i > at + RATE * 0.06) e->lead[i] *= 1 + factor * near;
    }
  }
}

/* QRS that hardly rise over the rest */
static void lowBeats(Example *e) {
  double factor = between(0.12, 0.8) - 1, width = RATE * between(0.04, 0.07);
  for (int b = 0; b < e->beatCount; b++)
    for (int i = e->beats[b] - 3 * width; i < e->beats[b] + 3 * width; i++)
      if (i >= 0 && i < SAMPLES) e->lead[i] *= 1 + factor * bell((i - e->beats[b]) / width);
}

/* some beats, or every second one, larger or smaller than the others */
static void resizeBeats(Example *e) {
  double share = chance() * 0.6, common = happens(0.5) ? exp(normal() * 0.9) : 0;
  int alternate = happens(0.15), before = RATE * 0.14;
  for (int b = 0; b < e->beatCount; b++) {
    if (alternate ? b % 2 : happens(1 - share)) continue;
    double factor = common > 0 ? common : exp(normal() * 0.7);
    int after = RATE * between(0.14, 0.4), at = e->beats[b];
    for (int i = at < before ? 0 : at - before; i < SAMPLES && i < at + after; i++) {
      double edge = fmin((double)(i - at + before) / before, (double)(at + after - i) / after);
      e->lead[i] *= 1 + (factor - 1) * fmin(edge, 0.5) * 2;
    }
  }
}

static void muscle(double *lead, double size) {
  static double noise[SAMPLES];
  double level = size * (happens(0.35) ? between(0.05, 0.3) : between(0, 0.08));
  int burst = happens(0.5), smooth = happens(0.4);
  double middle = between(0, 10), width = between(0.3, 4);
  for (int i = 0; i < SAMPLES; i++) {
    double far = (i / RATE - middle) / width;
    noise[i] = normal() * (burst ? 2 * exp(-far * far) : 1);
  }
  for (int i = 0; i < SAMPLES; i++)
    lead[i] += level * (smooth ? (noise[i] + noise[i ? i - 1 : i] + noise[i + 1 < SAMPLES ? i + 1 : i]) / 1.7 : noise[i]);
}

static void wave(double *lead, double height, double hz) {
  double phase = between(0, 7);
  for (int i = 0; i < SAMPLES; i++) lead[i] += height * sin(2 * M_PI * hz * i / RATE + phase);
}

/* steps that come back slowly */
static void steps(double *lead, double size) {
  for (int k = 1 + below(4); k > 0; k--) {
    int at = below(SAMPLES - 4);
    double now = size * normal() * 1.5, decay = exp(-1 / (RATE * between(0.02, 1.5)));
    double rise = fmax(1, RATE * between(0.002, 0.15));
    for (int i = at; i < SAMPLES; i++) {
      if (i - at > rise) now *= decay;
      lead[i] += now * fmin(1, (i - at) / rise);
    }
  }
}

/* pulses of one kind, as a loose electrode or a pacer gives them */
static void pulses(double *lead, double size) {
  double height = size * (happens(0.7) ? 1 : -1) * exp(between(-0.9, 2.2));
  double rise = fmax(1, RATE * between(0.004, 0.03)), decay = exp(-1 / (RATE * between(0.005, 0.12)));
  int twoSided = happens(0.4), count = 1 + below(12), even = happens(0.25);
  double first = chance() * SAMPLES, apart = between(0.3, 1.5) * RATE;
  for (int k = 0; k < count; k++) {
    int at = even ? (int)fmod(first + k * apart, SAMPLES) : below(SAMPLES);
    double own = height * between(0.5, 1.5), now = 1, before = 0;
    for (int i = at; i < SAMPLES && i - at < RATE; i++) {
      if (i - at > rise) now *= decay;
      double value = now * fmin(1, (i - at) / rise);
      lead[i] += own * (twoSided ? (value - before) * rise * 1.5 : value);
      before = value;
    }
  }
}

static void movedCable(double *lead, double size) {
  for (int k = 1 + below(2); k > 0; k--) {
    int from = below(SAMPLES), to = from + RATE * between(0.3, 2.5);
    if (to > SAMPLES) to = SAMPLES;
    double keep = between(0.9, 0.985), scale = sqrt(1 - keep * keep) * size * exp(between(-1.5, 2.4)), walk = 0;
    for (int i = from; i < to; i++) {
      walk = keep * walk + normal();
      lead[i] += scale * walk * sin(M_PI * (i - from) / fmax(1, to - from));
    }
  }
}

/* electrode motion as NSTDB recorded it, −4 to 15 dB */
static void electrodeMotion(double *lead, double size) {
  static double noise[SAMPLES];
  int which = below(noiseCount);
  double speed = between(0.6, 1.4), start = between(0, noiseLength[which] - SAMPLES * speed - 2), mean = 0, power = 0;
  for (int i = 0; i < SAMPLES; i++) {
    double place = start + i * speed;
    int left = place;
    noise[i] = noises[which][left] * (1 - place + left) + noises[which][left + 1] * (place - left);
    mean += noise[i] / SAMPLES;
  }
  for (int i = 0; i < SAMPLES; i++) power += (noise[i] - mean) * (noise[i] - mean) / SAMPLES;
  double gain = size / 5.6 / pow(10, between(-4, 15) / 20) / (sqrt(power) + 1e-9) * (happens(0.5) ? 1 : -1);
  int part = happens(0.5);
  double from = between(-2, 10), lasts = between(1, 6);
  for (int i = 0; i < SAMPLES; i++) {
    double t = i / RATE - from;
    lead[i] += gain * (noise[i] - mean) * (part ? limited(t / 0.2) * limited((lasts - t) / 0.2) : 1);
  }
}

/* a baseline that goes its own way */
static void wander(double *lead, double size) {
  double keep = 1 - 1 / (RATE * between(0.15, 1.5)), scale = size * exp(between(-0.7, 1.2)) * sqrt(1 - keep * keep);
  double walk = 0, smooth = 0;
  for (int i = 0; i < SAMPLES; i++) {
    walk = keep * walk + normal();
    smooth = 0.8 * smooth + 0.2 * walk;
    lead[i] += scale * smooth;
  }
}

/* the step of a lead being connected, often with hardly anything before it */
static void connected(Example *e, double size) {
  int at = between(50, SAMPLES * 0.6), silent = happens(0.6), count = 0;
  double now = size * exp(between(1, 3.5)) * (happens(0.5) ? 1 : -1), decay = exp(-1 / (RATE * between(0.03, 0.6)));
  double before = silent ? between(0, 0.1) : 1;
  for (int i = 0; i < SAMPLES; i++) e->lead[i] = i < at ? e->lead[i] * before : e->lead[i] + (now *= decay);
  if (!silent) return;
  for (int b = 0; b < e->beatCount; b++)
    if (e->beats[b] > at + 6) e->beats[count++] = e->beats[b];
  e->beatCount = count;
  for (int i = at; i < at + 12; i++) e->known[i] = 0;
}

static void lostContact(Example *e, double size) {
  int from = below(SAMPLES), to = from + RATE * between(0.2, 1.5), count = 0;
  double level = e->lead[from] + normal() * size * happens(0.5);
  for (int i = from; i < to && i < SAMPLES; i++) e->lead[i] = level;
  for (int b = 0; b < e->beatCount; b++)
    if (e->beats[b] < from - 10 || e->beats[b] > to + 10) e->beats[count++] = e->beats[b];
  e->beatCount = count;
}

/* partly its own slope: other leads, other electrodes */
static void sloped(double *lead, double size) {
  static double slope[SAMPLES];
  for (int i = 0; i < SAMPLES; i++) slope[i] = lead[i + 1 < SAMPLES ? i + 1 : i] - lead[i ? i - 1 : i];
  double factor = size / heightOf(slope, SAMPLES) * (happens(0.5) ? 1 : -1), share = chance();
  for (int i = 0; i < SAMPLES; i++) lead[i] = lead[i] * (1 - share) + slope[i] * factor * share;
}

static void example(Example *e) {
  double *lead = e->lead;
  piece(e);
  if (happens(0.06)) joined(e);
  double sign = happens(0.3) ? -1 : 1, middle = quantile(lead, SAMPLES, 0.5);
  for (int i = 0; i < SAMPLES; i++) lead[i] = (lead[i] - middle) * sign;
  double size = heightOf(lead, SAMPLES);
  if (happens(0.1)) section(lead, SAMPLES, 0, (int)between(8, 25));
  if (happens(0.1)) sloped(lead, size);
  if (happens(0.45)) resizeBeats(e);
  if (happens(0.15)) changeT(e, size, 0);
  if (happens(0.12)) changeT(e, size, 1);
  if (happens(0.12)) lowBeats(e);
  if (happens(0.06)) {
    double swing = between(0.2, 0.95), hz = between(0.1, 0.7), phase = between(0, 6);
    for (int i = 0; i < SAMPLES; i++) lead[i] *= 1 + swing * sin(2 * M_PI * hz * i / RATE + phase);
  }
  if (happens(0.1)) {
    double at = below(SAMPLES), width = between(2, 200), factor = exp(normal() * 0.8) - 1;
    for (int i = 0; i < SAMPLES; i++) lead[i] *= 1 + factor * limited((i - at) / width + 0.5);
  }
  if (happens(0.5)) muscle(lead, size);
  if (happens(0.15)) wave(lead, size * between(0, 0.3), 50 * between(0.97, 1.03));
  if (happens(0.5)) {
    double most = happens(0.15) ? exp(between(0, 2)) : 0.5;
    for (int k = 0; k < 4; k++) wave(lead, size * most * pow(chance(), 2), between(0.1, 2.5));
  }
  if (happens(0.06)) wander(lead, size);
  if (happens(0.04)) connected(e, size);
  if (happens(0.3)) steps(lead, size);
  if (happens(0.3)) pulses(lead, size);
  if (happens(0.25)) movedCable(lead, size);
  if (noiseCount && happens(0.35)) electrodeMotion(lead, size);
  if (happens(0.04)) {
    double low = quantile(lead, SAMPLES, between(0.005, 0.1)), high = quantile(lead, SAMPLES, between(0.9, 0.995));
    for (int i = 0; i < SAMPLES; i++) lead[i] = fmin(high, fmax(low, lead[i]));
  }
  if (happens(0.04)) lostContact(e, size);
  static const double highPass[] = {0.05, 0.3, 0.5, 0.67, 1};
  if (happens(0.3)) section(lead, SAMPLES, 1, highPass[below(5)]);
}

static void networkInput(const double *lead, float *input) {
  static double band[SAMPLES];
  for (int channel = 0; channel < 2; channel++) {
    memcpy(band, lead, sizeof band);
    section(band, SAMPLES, 1, channel ? 8 : 0.8);
    section(band, SAMPLES, 0, channel ? 30 : 40);
    float maxima[7] = {0};
    for (int i = 0; i < SAMPLES; i++) maxima[i / 320] = fmax(maxima[i / 320], fabs(band[i]));
    qsort(maxima, 7, sizeof *maxima, ascending);
    double gain = 20 / (maxima[3] > 0 ? maxima[3] : 1e-9);
    for (int i = 0; i < SAMPLES / 2; i++) input[channel * SAMPLES / 2 + i] = asinh(band[2 * i] * gain) / 2;
  }
}

/* a mark within 27 ms of a beat is wanted, the one beside it hardly counts, what is not annotated does not */
static void wantedMarks(const Example *e, float *wanted, float *weight) {
  for (int i = 0; i < MARKS; i++) {
    wanted[i] = 0;
    weight[i] = 1;
    for (int b = 0; b < e->beatCount; b++) {
      double far = fabs(i - e->beats[b] / MARK);
      if (far <= 0.9) wanted[i] = 1;
      else if (far <= 1.7) weight[i] = 0.2;
    }
    if (wanted[i]) weight[i] = 3;
    if (!e->known[(int)fmin(SAMPLES - 1, i * MARK)]) weight[i] = 0;
  }
}

void batch(float *input, float *wanted, float *weight, int count) {
  static Example e;
  for (int k = 0; k < count; k++) {
    example(&e);
    networkInput(e.lead, input + k * SAMPLES);
    wantedMarks(&e, wanted + k * MARKS, weight + k * MARKS);
  }
}
