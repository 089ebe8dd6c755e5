import type { RuleTools } from '../../shared/define/push-rule.ts';
import type { Meter } from '../../shared/metrics.ts';
import type { Log } from '../../shared/log.ts';
import type { Exporter } from '../export/exporter.ts';
import type { Outbox } from '../export/outbox.ts';
import type { LaneStore } from '../runs/lane-store.ts';
import type { RunParts } from '../runs/run-parts.ts';
import type { Connector } from '../send/connector.ts';
import type { PushSettings } from '../settings.ts';

/** Waits; not longer than until the signal. Never throws. */
export type Pause = (milliseconds: number, signal?: AbortSignal) => Promise<void>;

/** All that workers use. */
export interface WorkParts extends RunParts {
  lanes: LaneStore;
  outbox: Pick<Outbox, 'open' | 'put'>;
  exporter: Exporter;
  connector: Connector;
  /** What rules may use. */
  tools: RuleTools;
  settings: Pick<PushSettings, 'maxAttempts' | 'timeoutSeconds'>;
  meter: Pick<Meter, 'count'>;
  log: Pick<Log, 'warn'>;
  pause: Pause;
  /** Uniform in [0, 1). */
  random: () => number;
}
