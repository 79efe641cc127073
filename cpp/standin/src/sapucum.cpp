// The second library that pyrfc's build links. Nothing is needed of it; see include/sapnwrfc.h.

extern "C" const char* standin_sapucum() { return "empty"; }
