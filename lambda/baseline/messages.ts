/** What the schedule sends, once a day for each database with a baseline. */
export interface BaselineRequest {
  /** By its name in the policy. */
  readonly database: string;
  /** Name of the secret with `username` and `password` of a role that may read everything and write nothing. */
  readonly secret: string;
  /** Name of the function, in the network of production, that is the checker there. */
  readonly reader: string;
}
