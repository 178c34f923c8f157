/** Of a row of RUN_STATUS: nothing drives the run. */
export const AT_REST = "status IN ('PREPARED', 'COMPLETED', 'CANCELLED', 'FAILED')"
