// SPDX-License-Identifier: Apache-2.0
// An NVRTC of version MAJOR.0 that knows one architecture and compiles nothing.
#ifndef MAJOR
#define MAJOR 13
#endif
int nvrtcVersion(int *major, int *minor) {
  *major = MAJOR;
  *minor = 0;
  return 0;
}
int nvrtcGetNumSupportedArchs(int *count) {
  *count = 1;
  return 0;
}
int nvrtcGetSupportedArchs(int *architectures) {
  *architectures = 90;
  return 0;
}
int nvrtcCreateProgram(void) { return 1; }
int nvrtcCompileProgram(void) { return 1; }
int nvrtcGetProgramLogSize(void) { return 1; }
int nvrtcGetProgramLog(void) { return 1; }
int nvrtcGetCUBINSize(void) { return 1; }
int nvrtcGetCUBIN(void) { return 1; }
int nvrtcDestroyProgram(void) { return 1; }
