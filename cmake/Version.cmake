# Runs at every build and writes version.hpp only when the version or the commit has changed.
execute_process(COMMAND git -C ${SOURCE} rev-parse --short=10 HEAD OUTPUT_VARIABLE INTELIA_COMMIT
                OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
if(NOT INTELIA_COMMIT)
  set(INTELIA_COMMIT unknown)
endif()
set(INTELIA_VERSION ${VERSION})
configure_file(${INPUT} ${OUTPUT} @ONLY)
