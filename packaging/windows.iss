; Inno Setup recipe: installs dist\isocost for the current user, without asking for rights, opens *.isocost with it, and
; takes all of it away again. Runs in the release workflow, after packaging/build.sh:  iscc packaging\windows.iss
; The version is the program's own, which PyInstaller wrote from isocost.__version__.
#define Version GetStringFileInfo(AddBackslash(SourcePath) + "..\dist\isocost\isocost.exe", "ProductVersion")
#if Version == ""
  #error dist\isocost\isocost.exe is not there: run packaging/build.sh first
#endif

[Setup]
AppId={{6E2B1B53-4C0E-4F0D-9E0B-2C1E7A6B0C51}
AppName=Isocost
AppVersion={#Version}
AppPublisher=Isocost contributors
DefaultDirName={autopf}\Isocost
DisableProgramGroupPage=yes
PrivilegesRequired=lowest
ArchitecturesAllowed=x64compatible
ArchitecturesInstallIn64BitMode=x64compatible
ChangesAssociations=yes
Compression=lzma2
SolidCompression=yes
LicenseFile=..\LICENSE
OutputDir=..\dist
OutputBaseFilename=isocost-{#Version}-setup
SetupIconFile=isocost.ico
UninstallDisplayIcon={app}\isocost-gui.exe
WizardStyle=modern

[InstallDelete]
; Files of the version before, which its successor may not bring.
Type: filesandordirs; Name: "{app}\_internal"

[Files]
Source: "..\dist\isocost\*"; DestDir: "{app}"; Flags: recursesubdirs ignoreversion
Source: "isocost-plan.ico"; DestDir: "{app}"; Flags: ignoreversion

[Icons]
Name: "{autoprograms}\Isocost"; Filename: "{app}\isocost-gui.exe"

[Registry]
Root: HKA; Subkey: "Software\Classes\.isocost"; ValueType: string; ValueData: "Isocost.Plan"; Flags: uninsdeletevalue
Root: HKA; Subkey: "Software\Classes\.isocost\OpenWithProgids"; ValueType: string; ValueName: "Isocost.Plan"; ValueData: ""; Flags: uninsdeletevalue
Root: HKA; Subkey: "Software\Classes\Isocost.Plan"; ValueType: string; ValueData: "Isocost plan"; Flags: uninsdeletekey
Root: HKA; Subkey: "Software\Classes\Isocost.Plan\DefaultIcon"; ValueType: string; ValueData: "{app}\isocost-plan.ico"
Root: HKA; Subkey: "Software\Classes\Isocost.Plan\shell\open\command"; ValueType: string; ValueData: """{app}\isocost-gui.exe"" ""%1"""

[Run]
Filename: "{app}\isocost-gui.exe"; Description: "Start Isocost"; Flags: nowait postinstall skipifsilent
